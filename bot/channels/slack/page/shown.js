// The page of draw.mjs: each message in its place of a conversation, each modal in a frame with its title and buttons.
import React, { useEffect } from "react";
import { createRoot } from "react-dom/client";
import { Blocks, Modal } from "./blocks.js";

const TIME = new Date("2026-09-07T08:30:00Z");

function Page({ shown }) {
  useEffect(() => {
    if (location.hash === "#open") document.querySelectorAll("[aria-expanded=false]").forEach((part) => part.click());
    document.body.dataset.drawn = "yes";
  }, []);
  return Object.entries(shown).map(([name, one]) => (
    <section key={name} id={`card-${name}`}>
      {one.type === "modal" ? <Modal view={one} time={TIME} /> : <Blocks blocks={one.blocks} time={TIME} />}
    </section>
  ));
}

createRoot(document.getElementById("page")).render(<Page shown={JSON.parse(document.getElementById("messages").textContent)} />);
