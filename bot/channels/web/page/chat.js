"use strict";
// The whole page: pick a person, ask, press. Cards are drawn by Microsoft's adaptivecards renderer.

const token = document.querySelector("meta[name=staffroom-token]").content;
const talk = document.getElementById("talk");
const who = document.getElementById("who");
const question = document.getElementById("question");
let events = null;
let hostConfig = {};
let cardsDrawn = 0;

async function ask(path, body) {
  const response = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: { "Content-Type": "application/json", "X-Staffroom-Token": token },
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function bubble(kind, label) {
  const article = document.createElement("article");
  article.className = kind;
  article.setAttribute("aria-label", label);
  article.tabIndex = -1;
  talk.append(article);
  return article;
}

function showText(kind, label, text) {
  const article = bubble(kind, label);
  const line = document.createElement("p");
  line.textContent = text;
  article.append(line);
  article.scrollIntoView({ block: "end" });
}

function showMessage(message, place) {
  const old = document.getElementById(`message-${message.replaces || message.id}`) || (message.takes_place && place);
  const article = old || bubble("bot", "Staffroom");
  const hadFocus = article.contains(document.activeElement);
  if (message.id) article.id = `message-${message.id}`;
  article.replaceChildren();
  try {
    const card = new AdaptiveCards.AdaptiveCard();
    const prefix = `card-${(cardsDrawn += 1)}-`;
    card.hostConfig = new AdaptiveCards.HostConfig(hostConfig);
    card.onExecuteAction = (action) => press(action, article);
    card.onInlineCardExpanded = () => prefixIds(article, prefix); // what it shows is drawn only now
    card.parse(message.card);
    article.append(card.render());
    prefixIds(article, prefix);
  } catch {
    const line = document.createElement("pre");
    line.textContent = message.text;
    article.append(line);
  }
  if (message.file) article.append(fileLink(message.file));
  article.scrollIntoView({ block: "start" });
  if (hadFocus) article.focus({ preventScroll: true });
}

// The one bit of Markdown the page reads: a phone number as a link. Everything else stays text.
const phoneLink = /\[([+\d ]+)\]\((tel:\+?\d+)\)/g;
function linkPhones(text, result) {
  if (!text.match(phoneLink)) return;
  const plain = document.createElement("span");
  plain.textContent = text;
  result.outputHtml = plain.outerHTML.replace(phoneLink, '<a href="$2">$1</a>');
  result.didProcess = true;
}
if (window.AdaptiveCards) AdaptiveCards.AdaptiveCard.onProcessMarkdown = linkPhones;

// The same card can be on the page twice, and the page has ids too. The renderer's own, "__ac-", are unique already.
function prefixIds(article, prefix) {
  const prefixed = (id) => (id.startsWith("__ac-") || id.startsWith(prefix) ? id : prefix + id);
  for (const part of article.querySelectorAll("[id]")) part.id = prefixed(part.id);
  for (const button of article.querySelectorAll("[aria-controls]")) {
    const ids = button.getAttribute("aria-controls").split(" ");
    button.setAttribute("aria-controls", ids.map(prefixed).join(" "));
  }
}

function fileLink(file) {
  const link = document.createElement("a");
  link.className = "file";
  link.href = file.address;
  link.download = file.name;
  link.textContent = `Download ${file.name}`;
  return link;
}

function press(action, article) {
  if (action instanceof AdaptiveCards.OpenUrlAction && action.url.startsWith("https://")) {
    window.open(action.url, "_blank", "noopener,noreferrer");
    return;
  }
  if (!(action instanceof AdaptiveCards.ExecuteAction)) return;
  const label = action.title || "";
  if (label) showText("me", "You pressed", label);
  send({ verb: action.verb, inputs: { ...action.data } }, article);
}

async function send(request, place) {
  talk.setAttribute("aria-busy", "true");
  try {
    showMessage(await ask("/say", { account: who.value, ...request }), place);
  } catch (error) {
    showText("problem", "Problem", error.message || "Staffroom did not answer. Is it still running?");
  } finally {
    talk.removeAttribute("aria-busy");
  }
}

function listen() {
  if (events) events.close();
  talk.replaceChildren();
  document.getElementById("ask").hidden = who.selectedOptions[0]?.hasAttribute("data-place") || false;
  const query = new URLSearchParams({ account: who.value, token });
  document.getElementById("pages").href = `/school/enter?${query}`;
  document.getElementById("slack").href = `/slack?${query}`;
  events = new EventSource(`/events?${query}`);
  let welcomed = false;
  events.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.clock) return showClock(message.clock);
    if (message.sending) return showSending(message.sending);
    if (message.card.id === "welcome" && welcomed) return;
    welcomed = true;
    showMessage(message);
  };
}

function showClock(time) {
  document.getElementById("time").hidden = false;
  document.getElementById("clock").textContent = time;
}

function showSending({ done, of }) {
  const bar = document.getElementById("sent");
  document.getElementById("sending").hidden = done >= of;
  bar.max = of;
  bar.value = done;
  document.getElementById("figures").textContent = `${done} of ${of}`;
}

async function controlDemo(action, to) {
  const buttons = document.querySelectorAll("#time div button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    showClock((await ask(`/demo/${action}`, { to })).clock);
  } catch (error) {
    showText("problem", "Problem", error.message || "Staffroom did not answer. Is it still running?");
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

function submit(event) {
  event.preventDefault();
  const text = question.value;
  question.value = "";
  showText("me", "You asked", text || "(nothing)");
  send({ text });
}

async function start() {
  hostConfig = await (await fetch("/page/hostconfig.json")).json();
  const list = await ask("/people");
  document.getElementById("school").textContent = list.school;
  for (const person of list.people) {
    const option = new Option(person.about ? `${person.name}: ${person.about}` : person.name, person.account);
    option.toggleAttribute("data-place", Boolean(person.place));
    who.append(option);
  }
  who.addEventListener("change", listen);
  document.getElementById("ask").addEventListener("submit", submit);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  document.querySelectorAll("[data-to]").forEach((button) => {
    button.addEventListener("click", () => controlDemo("clock", button.dataset.to));
  });
  document.getElementById("september").addEventListener("click", () => controlDemo("september", ""));
  document.getElementById("stop").addEventListener("click", () => send({ verb: "hold" }));
  listen();
  question.focus();
}

start().catch((error) => showText("problem", "Problem", error.message || "Staffroom did not answer. Is it still running?"));
