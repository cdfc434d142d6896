"""The tree against its leaves: every position, every tile, every head that was ever signed; seals and their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from dossier.ledger.form import token_trouble
from dossier.ledger.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    MalformedLedger,
    leaf_hash,
    node_hash,
    read_tree_head,
    root_of_hashes,
)
from dossier.ledger.tiles import ROW_LEVELS, WIDTH, TileKey, Tiles
from gateway.domain.ledger import LedgerProblem, LedgerTally
from gateway.store.engine.paging import key_text, pages
from gateway.store.engine.statements import AnyRow, AnySelect
from gateway.store.ledger.sealing import read_tiles
from gateway.store.tables import leaves, seals, tiles, tree_heads
from signing.errors import KeyUnusable
from signing.keys.detached import is_signed_by
from signing.keys.keypair import Certificate
from signing.timestamps.token import TimestampToken, read_token

_TILES_AT_ONCE = 8
_FAR = 2**20
"""No gap that a deletion leaves is as wide; a leaf beyond was moved there."""


@dataclass(frozen=True, slots=True)
class ProofVerifiers:
    """Who vouches for seals and tokens; each says why it does not, or nothing. ``log``: whose ledger this must be."""

    log: str
    of_seal: Callable[[Certificate, datetime], str]
    of_token: Callable[[TimestampToken], str]


def verify_tree(connection: Connection, tally: LedgerTally, proof_verifiers: ProofVerifiers) -> None:
    """Walk the sealed leaves once, in order of position, in constant memory."""
    heads = _Heads(connection, tally, proof_verifiers)
    walk = _Walk(connection, tally, heads)
    for page in pages(connection, _sealed(), [leaves.c.position], size=WIDTH * _TILES_AT_ONCE):
        walk.take(page)
    walk.end()
    heads.end(walk.size)
    unsealed = select(func.count()).select_from(leaves).where(leaves.c.position.is_(None))
    tally.counted["unsealed"] = connection.execute(unsealed).scalar_one()


def _sealed() -> AnySelect:
    columns = (leaves.c.position, leaves.c.leaf_id, leaves.c.digest)
    return select(*columns).where(leaves.c.position.is_not(None))


class _Edge:
    """Roots of complete subtrees along the right edge, with their levels, the largest first."""

    def __init__(self, nodes: Sequence[tuple[int, bytes]] = ()) -> None:
        self.nodes = list(nodes)

    def add(self, hashed: bytes) -> None:
        """One more leaf hash."""
        level = 0
        while self.nodes and self.nodes[-1][0] == level:
            hashed, level = node_hash(self.nodes.pop()[1], hashed), level + 1
        self.nodes.append((level, hashed))

    def root(self) -> bytes:
        """Of the tree so far."""
        hashes = [hashed for _, hashed in self.nodes]
        found = hashes.pop()
        while hashes:
            found = node_hash(hashes.pop(), found)
        return found


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Leaf and tile disagree at a position; the next signed root says which of them was changed."""

    leaf_id: int
    position: int


class _Walk:
    """Where the walk stands. ``_open``: hashes of the unfinished tile of each row.

    ``_by_leaves`` and ``_by_tiles`` are the same tree while no leaf is in doubt.
    """

    def __init__(self, connection: Connection, tally: LedgerTally, heads: _Heads) -> None:
        self._connection, self._tally, self._heads = connection, tally, heads
        self._open: list[list[bytes]] = [[]]
        self._by_leaves, self._by_tiles = _Edge(), _Edge()
        self._doubts: list[_Doubt] = []
        self._kept: Tiles = {}
        self.size = 0

    def take(self, page: Sequence[AnyRow]) -> None:
        """The next leaves; positions that are not there are named, and taken from the tile if it has them."""
        last = min(page[-1].position, self.size + _FAR)
        self._kept = read_tiles(self._connection, frozenset(_leaf_tiles(self.size, last)))
        for row in page:
            if row.position - self.size > _FAR:  # somebody moved a leaf far away; no use in walking there
                self._tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([row.leaf_id]), "position")
                return
            while self.size < row.position:
                self._tally.find(LedgerProblem.LEAF_MISSING, "leaves", key_text([self.size]), "position")
                stored = self._of_tile() or leaf_hash(b"")
                self._add(stored, stored)
            found = leaf_hash(row.digest)
            stored = self._of_tile() or found
            if stored != found:
                if not self._doubts:
                    self._by_tiles = _Edge(self._by_leaves.nodes)
                self._doubts.append(_Doubt(row.leaf_id, row.position))
            self._add(found, stored)
        self._tally.progress(len(page))

    def end(self) -> None:
        """The unfinished tiles, and whether there are more than the leaves make."""
        self._settle(None)
        for row, hashes in enumerate(self._open):
            if hashes:
                self._compare(row, (self.size >> row * ROW_LEVELS) // WIDTH, hashes)
        self._find_surplus_tiles()

    def _of_tile(self) -> bytes | None:
        index, place = divmod(self.size, WIDTH)
        held = self._kept.get(TileKey(0, index), b"")[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        return held if len(held) == HASH_BYTES else None

    def _add(self, found: bytes, stored: bytes) -> None:
        self._fill(0, stored)
        self._by_leaves.add(found)
        if self._doubts:
            self._by_tiles.add(stored)
        self.size += 1
        head = self._heads.due(self.size)
        if head is not None:
            self._heads.judge(head, self._settle(head.root))

    def _settle(self, signed: bytes | None) -> bytes:
        """The root of what is to be believed, doubts settled by the root that was signed."""
        root = self._by_leaves.root() if self.size else EMPTY_ROOT
        if self._doubts:
            is_tiles_fault = root == signed
            for doubt in self._doubts:
                self._name(doubt, is_tiles_fault=is_tiles_fault)
            if not is_tiles_fault:  # go on with the tiles, or every later head would be called wrong
                self._by_leaves, root = self._by_tiles, self._by_tiles.root()
            self._doubts = []
        return root

    def _name(self, doubt: _Doubt, *, is_tiles_fault: bool) -> None:
        if is_tiles_fault:
            key = key_text([0, doubt.position // WIDTH])
            self._tally.find(LedgerProblem.TREE_CHANGED, "tiles", key, f"position {doubt.position}")
        else:
            self._tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([doubt.leaf_id]), "digest or position")

    def _fill(self, row: int, hashed: bytes) -> None:
        if row == len(self._open):
            self._open.append([])
        self._open[row].append(hashed)
        if len(self._open[row]) == WIDTH:
            index = (self.size + 1 >> row * ROW_LEVELS) // WIDTH - 1
            self._compare(row, index, self._open[row])
            whole, self._open[row] = self._open[row], []
            self._fill(row + 1, root_of_hashes(whole))

    def _compare(self, row: int, index: int, hashes: Sequence[bytes]) -> None:
        key = TileKey(row, index)
        held = self._kept.get(key) or read_tiles(self._connection, frozenset({key})).get(key)
        if held != b"".join(hashes):
            self._tally.find(LedgerProblem.TREE_CHANGED, "tiles", key_text([row, index]))

    def _find_surplus_tiles(self) -> None:
        for page in pages(
            self._connection, select(tiles.c.tile_row, tiles.c.tile_index), [tiles.c.tile_row, tiles.c.tile_index]
        ):
            for row, index in page:
                made = self.size >> row * ROW_LEVELS if 0 <= row < len(self._open) else 0
                if not 0 <= index * WIDTH < made:
                    self._tally.find(LedgerProblem.TREE_CHANGED, "tiles", key_text([row, index]), "surplus")


@dataclass(slots=True)
class _Heads:
    """The heads in order, judged as the walk comes to them."""

    connection: Connection
    tally: LedgerTally
    proof_verifiers: ProofVerifiers
    former_size: int = 0
    former_at: datetime | None = None
    rows: Iterator[AnyRow] = field(init=False)
    next: AnyRow | None = field(init=False)

    def __post_init__(self) -> None:
        self.rows = _head_rows(self.connection)
        self.next = next(self.rows, None)

    def due(self, size: int) -> AnyRow | None:
        """The head over a tree of this size, if there is one; heads that were passed over are judged without a tree."""
        while self.next is not None and self.next.tree_size < size:
            self.judge(self.next, None)
            self.next = next(self.rows, None)
        if self.next is None or self.next.tree_size > size:
            return None
        head, self.next = self.next, next(self.rows, None)
        return head

    def end(self, size: int) -> None:
        """Heads over leaves that are not there, leaves beyond the last head, seals of no head."""
        while self.next is not None:
            self.judge(self.next, None)
            self.next = next(self.rows, None)
        for position in range(self.former_size, min(size, self.former_size + WIDTH)):
            self.tally.find(
                LedgerProblem.LEAF_CHANGED, "leaves", key_text([position]), "sealed position without a head"
            )
        headless = ~select(tree_heads.c.tree_size).where(tree_heads.c.tree_size == seals.c.tree_size).exists()
        for tree_size in self.connection.scalars(select(seals.c.tree_size).where(headless)):
            if 0 < tree_size <= size:
                self.tally.find(LedgerProblem.HEAD_CHANGED, "tree_heads", key_text([tree_size]), "missing")
            else:
                self.tally.find(
                    LedgerProblem.SEAL_BROKEN, "seals", key_text([tree_size]), "over leaves that are not there"
                )

    def judge(self, row: AnyRow, root: bytes | None) -> None:
        """One head with its seal. ``root``: of the leaves below it; None when there are not so many."""
        key = key_text([row.tree_size])
        if wrong := self._head_trouble(row, root):
            self.tally.find(LedgerProblem.HEAD_CHANGED, "tree_heads", key, wrong)
        if wrong := self._seal_trouble(row):
            self.tally.find(LedgerProblem.SEAL_BROKEN, "seals", key, wrong)
        if row.token is not None:
            self.tally.count("tokens", 1)
            if wrong := self._token_trouble(row):
                self.tally.find(LedgerProblem.TOKEN_BROKEN, "seals", key, wrong)
        self.former_size, self.former_at = row.tree_size, row.at
        self.tally.count("heads", 1)

    def _head_trouble(self, row: AnyRow, root: bytes | None) -> str:
        try:
            head = read_tree_head(row.content)
        except MalformedLedger as error:
            return f"content: {error}"
        expected = {"tree_size": head.tree_size, "root": head.root, "at": head.at}
        wrong = [name for name, value in expected.items() if getattr(row, name) != value]
        if row.first_position != self.former_size:
            wrong.append("first_position")
        if head.log != self.proof_verifiers.log:
            wrong.append(f"content: of the ledger of {head.log}")
        if self.former_at is not None and row.at < self.former_at:
            wrong.append("at: before the former head")
        if root != head.root:
            wrong.append("root: not of these leaves" if root else "tree_size: there are not so many leaves")
        return ", ".join(wrong)

    def _seal_trouble(self, row: AnyRow) -> str:
        if row.signature is None:
            return "missing"
        try:
            certificate = Certificate.from_der(row.certificate)
        except KeyUnusable as error:
            return f"certificate: {error}"
        if not is_signed_by(certificate, row.content, row.signature):
            return "signature"
        if row.signed_at != row.at:
            return "signed_at"
        return self.proof_verifiers.of_seal(certificate, row.at)

    def _token_trouble(self, row: AnyRow) -> str:
        if trouble := token_trouble(row.token, row.signature or b""):
            return f"token: {trouble}"
        token = read_token(row.token)
        return "token_at" if token.gen_time != row.token_at else self.proof_verifiers.of_token(token)


def _head_rows(connection: Connection) -> Iterator[AnyRow]:
    joined = tree_heads.outerjoin(seals, seals.c.tree_size == tree_heads.c.tree_size)
    columns = (
        tree_heads.c.tree_size,
        tree_heads.c.first_position,
        tree_heads.c.root,
        tree_heads.c.at,
        tree_heads.c.content,
        seals.c.signature,
        seals.c.certificate,
        seals.c.signed_at,
        seals.c.token,
        seals.c.token_at,
    )
    for page in pages(connection, select(*columns).select_from(joined), [tree_heads.c.tree_size], size=200):
        yield from page


def _leaf_tiles(first: int, last: int) -> Iterator[TileKey]:
    return (TileKey(0, index) for index in range(first // WIDTH, last // WIDTH + 1))
