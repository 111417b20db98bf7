// Signs in the person who opened the tab: asks Teams for their token, shows it to our server once, opens the pages.
"use strict";

const TIME_LIMIT = 15000; // milliseconds

function within(limit, promise) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), limit));
  return Promise.race([promise, late]);
}

function tell(sentence) {
  document.getElementById("says").textContent = sentence;
  document.getElementById("browser").hidden = false;
}

async function tokenOfTeams() {
  await microsoftTeams.app.initialize();
  return microsoftTeams.authentication.getAuthToken();
}

async function signIn(page) {
  if (window.parent === window.self) {
    tell("You have opened the school pages outside Teams.");
    return;
  }
  try {
    const token = await within(TIME_LIMIT, tokenOfTeams());
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(page.dataset.post, { method: "POST", headers, credentials: "same-origin" });
    if (response.ok) {
      window.location.replace(page.dataset.next);
    } else {
      tell(response.status === 403 ? page.dataset.onlyStaff : page.dataset.refused);
    }
  } catch {
    tell(page.dataset.refused);
  }
}

signIn(document.getElementById("main"));
