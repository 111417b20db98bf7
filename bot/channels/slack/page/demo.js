// What Slack shows, in the demo: the cards of one person, drawn as Slack draws them. Buttons and forms go to the same desk.
import React, { memo, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { Blocks, Modal } from "./blocks.js";

const query = new URLSearchParams(location.search);
const NO_ANSWER = "Staffroom did not answer. Please reload the page.";

async function post(what, content) {
  try {
    const response = await fetch(`/slack/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Staffroom-Token": query.get("token") },
      body: JSON.stringify({ account: query.get("account"), ...content }),
    });
    const answer = await response.json();
    return response.ok ? answer : { problem: answer.error ?? NO_ANSWER };
  } catch {
    return { problem: NO_ANSWER };
  }
}

const actionsIn = (part) => (Array.isArray(part) ? part.flatMap(actionsIn)
  : part && typeof part === "object" ? [...(part.type === "button" ? [part] : []), ...Object.values(part).flatMap(actionsIn)] : []);

// Drawn once for each version of a message, so that a button keeps its place and the focus.
const Shown = memo(function Shown({ message, onPress }) {
  // The renderer gives each button its action_id as its id, and no way to hear of a press.
  const pressed = (event) => {
    const button = event.target.closest("button.slack_blocks_to_jsx__button_element");
    const action = button && actionsIn(message.blocks).find((one) => one.action_id === button.id);
    if (action && "value" in action) onPress(message, action);
  };
  return <article onClick={pressed}><Blocks blocks={message.blocks} time={new Date(message.at)} /></article>;
}, (before, after) => before.message === after.message);

function Window({ open, onSubmit, onClose }) {
  const dialog = useRef(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current.showModal();
    return () => opener.focus();
  }, []);
  return (
    <dialog ref={dialog} onCancel={onClose}>
      <Modal view={open.view} error={open.errors} onSubmit={onSubmit} onClose={onClose} />
    </dialog>
  );
}

function Page() {
  const [messages, setMessages] = useState([]);
  const [open, setOpen] = useState(null);
  const [said, setSaid] = useState("");
  const last = useRef(null);

  const take = (answer) => {
    setSaid(answer.problem ?? answer.sentence ?? "");
    if (answer.view) setOpen({ view: answer.view });
    const shown = answer.messages ?? [];
    setMessages((before) => {
      const replaced = new Map(shown.map((message) => [message.id, message]));
      const kept = before.map((message) => replaced.get(message.id) ?? message);
      return [...kept, ...shown.filter((message) => !before.some((one) => one.id === message.id))];
    });
    if (shown.length) setTimeout(() => last.current?.scrollIntoView({ block: "end" }));
  };
  useEffect(() => { post("open", {}).then(take); }, []);

  const ask = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = new FormData(form).get("text").trim();
    form.reset();
    if (text) take(await post("say", { text }));
  };
  const press = async (message, action) => take(await post("press", { message: message.id, action }));
  const submit = async (state) => {
    const answer = await post("submit", { view: { ...open.view, state } });
    if (answer.errors) setOpen({ ...open, errors: answer.errors });
    else { setOpen(null); take(answer); }
  };

  return (
    <>
      <div role="log" aria-live="polite" aria-label="Direct messages">
        {messages.map((message) => <Shown key={`${message.id} ${message.version}`} message={message} onPress={press} />)}
        <p ref={last} className="said" role="status">{said}</p>
      </div>
      <form className="ask" onSubmit={ask} autoComplete="off">
        <label htmlFor="text">Message Staffroom</label>
        <input id="text" name="text" type="text" maxLength={2000} />
        <button type="submit">Send</button>
      </form>
      {open && <Window key={open.view.title.text} open={open} onSubmit={submit} onClose={() => setOpen(null)} />}
    </>
  );
}

createRoot(document.getElementById("page")).render(<Page />);
