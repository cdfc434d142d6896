// Pages work without this. It keeps what they show up to date, asks before what is final, and lets "/" find the search.
"use strict";

const live = document.querySelector("[data-live-url]");
const standing = document.getElementById("standing");

function stand(isLive) {
  standing.className = isLive ? "on" : "off";
  standing.textContent = isLive ? standing.dataset.live : standing.dataset.lost;
}

// A form that somebody is filling in stays as it is; the act itself is judged by the server anyway.
function isBusy(part) {
  if (!("keep" in part.dataset)) return false;
  if (part.querySelector("input[type=checkbox]:checked")) return true;
  return part.contains(document.activeElement) || [...part.querySelectorAll("input[name=reason]")].some((field) => field.value);
}

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected && answer.url.includes("/login")) { location.reload(); return; }
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const next = fresh.getElementById(part.id);
    if (!next || isBusy(part) || part.innerHTML === next.innerHTML) continue;
    const held = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.replaceChildren(...next.childNodes);
    if (held) [...part.querySelectorAll("a")].find((link) => link.getAttribute("href") === held)?.focus();
    part.classList.remove("fresh");
    void part.offsetWidth;
    part.classList.add("fresh");
  }
}

// Closed for good means signed out, which loading the page finds out, or that too many follow already.
function renewUnlessOpen(source) {
  if (source.readyState === EventSource.OPEN) return;
  stand(false);
  if (source.readyState === EventSource.CLOSED) renew();
}

// Every stream also tells how many alarms nobody has taken up; a page that follows nothing else follows that.
function count(event) {
  const badge = document.getElementById("alarm-count");
  if (!badge) return;
  badge.hidden = event.data === "0";
  badge.querySelector("b").textContent = event.data;
}

const followed = live?.dataset.liveUrl ?? document.querySelector("[data-follow-url]")?.dataset.followUrl;
if (followed) {
  let seen = live?.dataset.version;
  const source = new EventSource(followed);
  source.addEventListener("alarms", count);
  source.addEventListener("version", (event) => {
    stand(true);
    if (event.data === seen || !live) return;
    seen = event.data;
    renew();
  });
  source.addEventListener("open", () => stand(true));
  // A stream ends once a minute and is opened again; only what stays away is told.
  let away;
  source.addEventListener("error", () => { clearTimeout(away); away = setTimeout(renewUnlessOpen, 5000, source); });
}

document.addEventListener("click", (event) => {
  const asks = event.target.closest("[data-confirm]");
  if (asks && asks.form.reportValidity() && !window.confirm(asks.dataset.confirm)) event.preventDefault();
});

for (const all of document.querySelectorAll("[data-picks]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const one of document.getElementsByName(all.dataset.picks)) one.checked = all.checked;
  });
}

document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    document.getElementById("find")?.focus();
  }
});
