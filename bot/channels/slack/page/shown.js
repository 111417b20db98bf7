// The page of draw.mjs: each message in its place of a conversation, each modal in a frame with its title and buttons.
import React from "react";
import { createRoot } from "react-dom/client";
import { Message } from "slack-blocks-to-jsx";

const LOGO = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="6" fill="#1d5c4b"/>'
  + '<text x="18" y="25" font-family="sans-serif" font-size="20" fill="#fff" text-anchor="middle">S</text></svg>');
const TIME = new Date("2026-09-07T08:30:00Z");

function Blocks({ blocks, isModal }) {
  return <Message blocks={blocks} name="Staffroom" logo={LOGO} time={TIME} theme="light" withoutWrapper={isModal} />;
}

function Modal({ view }) {
  return (
    <div className="modal" role="dialog" aria-label={view.title.text}>
      <h2>{view.title.text}</h2>
      <div className="fields"><Blocks blocks={view.blocks} isModal /></div>
      <p className="ends">
        <button type="button">{view.close.text}</button>
        {view.submit && <button type="button" className="submit">{view.submit.text}</button>}
      </p>
    </div>
  );
}

function Page({ shown }) {
  return Object.entries(shown).map(([name, one]) => (
    <section key={name} id={`card-${name}`}>
      {one.type === "modal" ? <Modal view={one} /> : <Blocks blocks={one.blocks} />}
    </section>
  ));
}

createRoot(document.getElementById("page")).render(<Page shown={JSON.parse(document.getElementById("messages").textContent)} />);
if (location.hash === "#open") {
  setTimeout(() => document.querySelectorAll("[aria-expanded=false]").forEach((part) => part.click()), 200);
}
