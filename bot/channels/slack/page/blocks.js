// Messages and modals as Slack shows them. Fields of a form are plain HTML with their labels, so that they can be filled in
// with the keyboard alone; all other blocks are drawn by slack-blocks-to-jsx.
import React from "react";
import { Message } from "slack-blocks-to-jsx";

const LOGO = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="6" fill="#1d5c4b"/>'
  + '<text x="18" y="25" font-family="sans-serif" font-size="20" fill="#fff" text-anchor="middle">S</text></svg>');

export function Blocks({ blocks, time, isModal = false }) {
  return <Message blocks={blocks} name="Staffroom" logo={LOGO} time={time} theme="light" withoutWrapper={isModal} />;
}

export function Modal({ view, time, error = {}, onSubmit, onClose }) {
  const submit = (event) => {
    event.preventDefault();
    onSubmit?.(stateOf(event.currentTarget, view.blocks));
  };
  return (
    <form className="modal" role="dialog" aria-label={view.title.text} onSubmit={submit} noValidate={!onSubmit}>
      <h2 tabIndex={-1}>{view.title.text}</h2>
      <div className="fields">
        {runsOf(view.blocks).map((run) => (
          run.field
            ? <Field key={run.field.block_id} block={run.field} error={error[run.field.block_id]} />
            : <Blocks key={run.number} blocks={run.blocks} time={time} isModal />
        ))}
      </div>
      <p className="ends">
        {view.close && <button type="button" onClick={onClose}>{view.close.text}</button>}
        {view.submit && <button type="submit" className="submit">{view.submit.text}</button>}
      </p>
    </form>
  );
}

// Blocks that follow each other are drawn together; each field is drawn for itself.
function runsOf(blocks) {
  const runs = [];
  blocks.forEach((block, number) => {
    if (block.type === "input") runs.push({ field: block });
    else if (runs.length && runs.at(-1).blocks) runs.at(-1).blocks.push(block);
    else runs.push({ number, blocks: [block] });
  });
  return runs;
}

function Field({ block, error }) {
  const says = error && <span className="error" role="alert">{error}</span>;
  const hint = block.hint && <span className="hint">{block.hint.text}</span>;
  const optional = block.optional && <span className="hint"> (optional)</span>;
  if (block.element.type === "checkboxes") {
    return <fieldset className="field"><legend>{block.label.text}{optional}</legend><Control block={block} />{hint}{says}</fieldset>;
  }
  return <label className="field"><span className="label">{block.label.text}{optional}</span><Control block={block} />{hint}{says}</label>;
}

function Control({ block }) {
  const element = block.element;
  const usual = { name: block.block_id, required: !block.optional };
  const sized = { maxLength: element.max_length, placeholder: element.placeholder?.text, defaultValue: element.initial_value };
  switch (element.type) {
    case "plain_text_input":
      return element.multiline ? <textarea rows={4} {...usual} {...sized} /> : <input type="text" {...usual} {...sized} />;
    case "datepicker":
      return <input type="date" {...usual} defaultValue={element.initial_date} />;
    case "timepicker":
      return <input type="time" {...usual} defaultValue={element.initial_time} />;
    case "checkboxes":
      return element.options.map((option) => (
        <label key={option.value} className="option">
          <input type="checkbox" name={block.block_id} value={option.value}
            required={usual.required && element.options.length === 1}
            defaultChecked={(element.initial_options ?? []).some((chosen) => chosen.value === option.value)} />
          <span>{option.text.text}</span>
        </label>
      ));
    case "static_select":
    case "multi_static_select": {
      const isMany = element.type.startsWith("multi");
      const chosen = isMany ? (element.initial_options ?? []).map((option) => option.value) : element.initial_option?.value;
      return (
        <select {...usual} multiple={isMany} defaultValue={chosen}>
          {!isMany && <option value="">{element.placeholder?.text ?? "Please choose"}</option>}
          {(element.option_groups ?? [{ options: element.options }]).map((group, number) => (
            group.label ? <optgroup key={number} label={group.label.text}>{optionsOf(group)}</optgroup> : optionsOf(group)
          ))}
        </select>
      );
    }
  }
  return null;
}

const optionsOf = (group) => group.options.map((option) => (
  <option key={option.value} value={option.value}>{option.text.text}</option>
));

// What is filled in, as view.state.values of https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
function stateOf(form, blocks) {
  const data = new FormData(form);
  const values = {};
  for (const { type, block_id, element } of blocks) {
    if (type === "input") values[block_id] = { [element.action_id]: { type: element.type, ...filledIn(element, data.getAll(block_id)) } };
  }
  return { values };
}

function filledIn(element, chosen) {
  const options = (element.option_groups ?? [element]).flatMap((group) => group.options ?? []);
  const selected = options.filter((option) => chosen.includes(option.value));
  switch (element.type) {
    case "plain_text_input": return { value: chosen[0] || null };
    case "datepicker": return { selected_date: chosen[0] || null };
    case "timepicker": return { selected_time: chosen[0] || null };
    case "static_select": return { selected_option: selected[0] ?? null };
    default: return { selected_options: selected };
  }
}
