"""``dalel deliveries resend | park | release | cancel``: one, several, or all that a selection finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from contracts.header import Action
from contracts.party import PartyId
from gateway.cli.frame import DEFAULT_HOME, AsJson, CommandFailed, Exit, Home, err, operator, out, print_json
from gateway.cli.span import parse_span
from gateway.config.settings import Settings, load_settings
from gateway.domain.delivery.acts import PAST, Act
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import CountMovable, Selection

if TYPE_CHECKING:
    from gateway.http.orders import BulkOrder
    from gateway.ports.deliveries import Moved, RefusedMove
    from gateway.store.database import SqlStore

_NUMBERS_AT_ONCE: Final = 1_000
_REFUSALS_SHOWN: Final = 20

Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers of deliveries, from the list.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit log.", show_default=False)]
Recipient = Annotated[str | None, typer.Option(help="All those to this party.")]
InState = Annotated[DeliveryState | None, typer.Option(help="All those in this state.")]
Appeal = Annotated[str | None, typer.Option(help="All those of this appeal number.")]
OfAction = Annotated[Action | None, typer.Option("--action", help="All those with this action.")]
Older = Annotated[
    str | None, typer.Option("--older-than", help="All those that were made longer ago: 90s, 15m, 6h, 3d.")
]
Everything = Annotated[bool, typer.Option("--all", help="Every delivery that the act may move.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell how many it would be.")]

HELP: Final = {
    Act.RESEND: """Ask for another attempt now, of the same message with the same message_id.

    A selection leaves out what is parked, unless it says --state parked.
    Examples: dalel deliveries resend 12 --reason "the court says it is up again" ·
    dalel deliveries resend --recipient smas-almaty --older-than 1h --reason "they are back"
    """,
    Act.PARK: """Set aside: nothing is sent, and what follows for the same party and appeal waits.

    Example: dalel deliveries park 12 13 --reason "the body asks us to wait"
    """,
    Act.RELEASE: """Let what was parked go on: it is due now.

    Example: dalel deliveries release --recipient jer-almaty --reason "they have moved"
    """,
    Act.CANCEL: """Never send again. This is final: the recipient will not get it from us.

    Example: dalel deliveries cancel 12 --reason "served on paper, protocol 5/2026" --yes
    """,
}

_LOST: Final = (
    "Cancel {count} for good? The recipient will never get it from the exchange, no receipt will prove that it was "
    "served, and the next message for the same party and appeal goes out."
)


def add_acts(app: typer.Typer) -> None:
    """The four commands, which differ in what they do only; cancel asks first."""
    for act in Act:
        app.command(name=act.value, help=HELP[act])(_cancel if act is Act.CANCEL else _command_of(act))


def _command_of(act: Act) -> Callable[..., None]:
    def command(
        reason: Reason,
        numbers: Numbers = None,
        home: Home = DEFAULT_HOME,
        recipient: Recipient = None,
        state: InState = None,
        appeal: Appeal = None,
        action: OfAction = None,
        older_than: Older = None,
        everything: Everything = False,  # noqa: FBT002 - a flag
        dry_run: DryRun = False,  # noqa: FBT002 - a flag
        as_json: AsJson = False,  # noqa: FBT002 - a flag
    ) -> None:
        of = _of(numbers, _selection(recipient, state, appeal, action, older_than), everything=everything)
        _do(load_settings(home), act, of, reason, dry_run=dry_run, as_json=as_json)

    return command


def _cancel(
    reason: Reason,
    numbers: Numbers = None,
    home: Home = DEFAULT_HOME,
    recipient: Recipient = None,
    state: InState = None,
    appeal: Appeal = None,
    action: OfAction = None,
    older_than: Older = None,
    everything: Everything = False,  # noqa: FBT002 - a flag
    dry_run: DryRun = False,  # noqa: FBT002 - a flag
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - a flag
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    of = _of(numbers, _selection(recipient, state, appeal, action, older_than), everything=everything)
    settings = load_settings(home)
    if not (yes or dry_run):
        answer = f"{_count(settings, Act.CANCEL, of)} deliveries"
        typer.confirm(_LOST.format(count=answer), abort=True, err=True)
    _do(settings, Act.CANCEL, of, reason, dry_run=dry_run, as_json=as_json)


def _selection(
    recipient: str | None, state: DeliveryState | None, appeal: str | None, action: Action | None, older: str | None
) -> Selection:
    from gateway.ports.deliveries import Selection

    before = datetime.now(UTC) - parse_span(older) if older else None
    return Selection(PartyId(recipient) if recipient else None, state, appeal, action, before)


def _of(numbers: list[int] | None, selection: Selection, *, everything: bool) -> tuple[int, ...] | Selection:
    from gateway.ports.deliveries import Selection

    narrows = selection != Selection()
    if numbers and (narrows or everything):
        raise typer.BadParameter("name deliveries by number or by what they have in common, not both")
    if not numbers and not narrows and not everything:
        raise typer.BadParameter("say which: numbers, --recipient, --state, --appeal, --action, --older-than, or --all")
    return tuple(dict.fromkeys(numbers)) if numbers else selection


@dataclass(slots=True)
class _Tally:
    """What came of an act so far."""

    act: Act
    moved: int = 0
    refused: list[RefusedMove] = field(default_factory=list)

    def add(self, moved: Moved) -> None:
        self.moved += len(moved.moved)
        self.refused += moved.refused
        if moved.go_on_after is not None:
            err.print(f"{self.moved} {PAST[self.act]} so far")


def _do(
    settings: Settings, act: Act, of: tuple[int, ...] | Selection, reason: str, *, dry_run: bool, as_json: bool
) -> None:
    if not reason.strip():
        raise typer.BadParameter("the reason may not be empty", param_hint="--reason")
    if dry_run:
        count = _count(settings, act, of)
        print_json({"would_move": count}) if as_json else out.print(f"{count} would be {PAST[act]}; nothing was done.")
        return

    tally = _Tally(act)
    try:
        for order in _orders(_order(act, of, reason)):
            _carry_out(settings, order, tally)
    except KeyboardInterrupt:
        text = f"Interrupted: {tally.moved} were {PAST[act]}. The same command goes on with what remains."
        raise CommandFailed(text) from None
    _tell(tally, as_json=as_json)


def _order(act: Act, of: tuple[int, ...] | Selection, reason: str) -> BulkOrder:
    from gateway.http.orders import BulkOrder

    if isinstance(of, Selection):
        return BulkOrder(act, operator(), reason, selection=of)
    return BulkOrder(act, operator(), reason, ids=of)


def _orders(order: BulkOrder) -> Iterator[BulkOrder]:
    """A thousand numbers at a time; a selection is cut by the exchange."""
    if order.selection is not None:
        yield order
    for start in range(0, len(order.ids), _NUMBERS_AT_ONCE):
        yield replace(order, ids=order.ids[start : start + _NUMBERS_AT_ONCE])


def _carry_out(settings: Settings, order: BulkOrder, tally: _Tally) -> None:
    """Through the running exchange, else in its place; commit by commit until nothing remains."""
    from gateway.cli.store import act, call_server
    from gateway.http.orders import MOVED, order_form

    answer = call_server(settings, "POST", "/deliveries/act", order_form(order))
    if answer is None:
        act(settings, lambda store: _alone(store, order, tally))
        return
    while True:
        tally.add(moved := MOVED.read(answer))
        if moved.go_on_after is None:
            return
        answer = call_server(settings, "POST", "/deliveries/act", order_form(replace(order, after=moved.go_on_after)))
        if answer is None:
            text = f"The exchange stopped when {tally.moved} were {PAST[order.act]}. The same command goes on."
            raise CommandFailed(text, Exit.UNREACHABLE)


async def _alone(store: SqlStore, order: BulkOrder, tally: _Tally) -> None:
    from gateway.ports.deliveries import MoveJob

    after: int | None = order.after
    while after is not None:
        now = datetime.now(UTC)
        tally.add(moved := await store.run(MoveJob(order.act, order.of, order.by, order.reason, now, after)))
        after = moved.go_on_after


def _count(settings: Settings, act: Act, of: tuple[int, ...] | Selection) -> int:
    from gateway.cli.store import read

    return read(settings, lambda store: store.run(CountMovable(act, of)))


def _tell(tally: _Tally, *, as_json: bool) -> None:
    """Exit code 0 only when everything that was named was moved."""
    if as_json:
        print_json({"act": tally.act, "moved": tally.moved, "refused": tally.refused})
    else:
        out.print(f"{tally.moved} {'delivery' if tally.moved == 1 else 'deliveries'} {PAST[tally.act]}.")
        for one in tally.refused[:_REFUSALS_SHOWN]:
            err.print(f"Delivery {one.delivery_id} was not {PAST[tally.act]}: {one.reason}.")
        if (more := len(tally.refused) - _REFUSALS_SHOWN) > 0:
            err.print(f"{more} more were refused; --json names them all.")
    if tally.refused:
        raise CommandFailed(
            f"{len(tally.refused)} of {tally.moved + len(tally.refused)} stay as they are. See: dalel deliveries list"
        )
