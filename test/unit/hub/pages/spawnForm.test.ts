// Spawn pages as real spawners draw them, and the user options that a choice stands for.
import assert from "node:assert/strict";
import { parseSpawnForm, preselecting, problemOn, problemWith, userOptionsOf, type SpawnForm } from "../../../../src/hub/pages/spawnForm";

/** JupyterHub's spawn page around a spawner's form. */
const page = (form: string, message = ""): string => `<!DOCTYPE HTML><html><head><title>JupyterHub</title>
  <script>if (1 < 2) { document.write("<form id=x>"); }</script></head><body>
  <nav><form action="/hub/logout"><input type="submit"></form></nav>
  <div class="container"><h1>Server Options</h1>${message}
  <form enctype="multipart/form-data" id="spawn_form" action="/hub/spawn/ana?_xsrf=abc" method="post" role="form">
  <input type="hidden" name="_xsrf" value="abc">${form}<br>
  <input type="submit" value="Start" class="btn btn-jupyter form-control"></form></div></body></html>`;

const radio = (slug: string, name: string, rest: string, checked = ""): string => `
  <label for="profile-item-${slug}" class="profile js-profile-label">
    <div class="radio"><input type="radio" name="profile" id="profile-item-${slug}" value="${slug}" ${checked} /></div>
    <div><h3>${name}</h3>${rest}</div>
  </label>`;

/** KubeSpawner since 6. */
const kube = page(`<style>.profile { color: red }</style><div class="form-group" id="kubespawner-profiles-list">
  ${radio("cpu", "CPU &amp; a lot of <em>memory</em>", "<p>8 cores,\n  64 GB</p>")}
  ${radio(
    "gpu",
    "GPU",
    `<p>One <b>A100</b></p><div>
      <div class="js-options-container"><div class="option">
        <label for="profile-option-gpu--image" class="js-profile-option-label">Image</label>
        <select name="profile-option-gpu--image" class="form-control js-profile-option-select">
          <option value="torch" >PyTorch</option><option value="tf" selected>TensorFlow &lt;2&gt;</option>
          <option value="unlisted-choice">Another image…</option>
        </select></div>
        <div class="option hidden js-other-input-container">
          <label for="profile-option-gpu--image--unlisted-choice">Image location</label>
          <input data-name="profile-option-gpu--image--unlisted-choice" pattern="^.+:.+$" title="Must be a valid image, with a tag" class="form-control js-other-input" />
        </div></div>
      <div class="option"><label for="profile-option-gpu--node-type">Machine:</label>
        <select name="profile-option-gpu--node-type"><option value="a">Small</option><option value="b">Large</option></select></div>
    </div>`,
    "checked",
  )}
  ${radio("gpu--image", "A slug like an option's field", "")}
</div><script>const userOptions = {"profile": "gpu"};</script>`);

/** KubeSpawner before: one hyphen, no free text. */
const oldKube = page(`<div class="form-group" id="kubespawner-profiles-list">
  <label for="profile-item-0" class="form-control input-group"><div class="col-md-1">
    <input type="radio" name="profile" id="profile-item-0" value="training" checked /></div>
    <div class="col-md-11"><strong>Training</strong><p>For courses</p>
    <label for="profile-option-training-image">Image</label>
    <select name="profile-option-training-image"><option value="py" selected>Python</option></select></div></label>
</div>`);

const docker = page(`<label for="image">Select an image:</label>
  <select class="form-control" name="image" required autofocus>
    <option value="jupyter/base-notebook:latest" >base</option><option value="jupyter/scipy-notebook:latest" selected>scipy</option>
  </select>`);

const wrap = page(`<label for="profile">Select a job profile:</label>
  <select class="form-control" name="profile" required autofocus><option value="local" selected>Host process</option><option value="slurm">Batch</option></select>`);

const own = page(`<label>Course <input name="course" value="phys"></label><textarea name="env"></textarea>`);

const read = (html: string): SpawnForm => {
  const form = parseSpawnForm(html);
  assert.ok(form);
  return form;
};
const gpu = () => {
  const profile = read(kube).profiles.find(({ slug }) => slug === "gpu");
  assert.ok(profile);
  return profile;
};

describe("spawn form", () => {
  it("has KubeSpawner's profiles with their descriptions, choices and free texts", () => {
    const { profiles, hasUnknownFields } = read(kube);
    assert.equal(hasUnknownFields, false);
    assert.deepEqual(
      profiles.map(({ slug, displayName, description, isDefault }) => [slug, displayName, description, isDefault]),
      [
        ["cpu", "CPU & a lot of memory", "8 cores, 64 GB", false],
        ["gpu", "GPU", "One A100", true],
        ["gpu--image", "A slug like an option's field", "", false],
      ],
    );
    assert.deepEqual(gpu().options, [
      {
        name: "image",
        displayName: "Image",
        choices: [
          { value: "torch", displayName: "PyTorch" },
          { value: "tf", displayName: "TensorFlow <2>" },
        ],
        preselected: "tf",
        freeText: { displayName: "Another image…", pattern: "^.+:.+$", hint: "Must be a valid image, with a tag" },
      },
      {
        name: "node-type",
        displayName: "Machine",
        choices: [
          { value: "a", displayName: "Small" },
          { value: "b", displayName: "Large" },
        ],
        preselected: "a",
        freeText: undefined,
      },
    ]);
  });

  it("has the profiles of old KubeSpawners", () => {
    const [profile] = read(oldKube).profiles;
    assert.deepEqual(
      [profile?.slug, profile?.description, profile?.options.map(({ name }) => name)],
      ["training", "For courses", ["image"]],
    );
    assert.deepEqual(profile && userOptionsOf(profile, new Map()), { profile: "training", image: "py" });
  });

  it("has a list of images or profiles, as DockerSpawner and WrapSpawner draw it", () => {
    const images = read(docker);
    assert.deepEqual([images.profiles.length, images.hasUnknownFields], [1, false]);
    const [profile] = images.profiles;
    assert.ok(profile);
    assert.equal(profile.options[0]?.displayName, "Select an image");
    assert.deepEqual(userOptionsOf(profile, new Map()), { image: "jupyter/scipy-notebook:latest" });
    const [job] = read(wrap).profiles;
    assert.deepEqual(job && userOptionsOf(job, new Map([["profile", { choice: "slurm" }]])), { profile: "slurm" });
  });

  it("says where fields mean something that only the page itself knows", () => {
    assert.deepEqual(read(own), { profiles: [], hasUnknownFields: true });
  });

  it("is none on pages without one: a login page, an error, a page that is cut off", () => {
    const login = `<form action="/hub/login" method="post"><input name="username"><input type="password" name="password"></form>`;
    for (const html of [login, "<h1>403 : Forbidden</h1>", "", kube.slice(0, 200), page("")]) assert.equal(parseSpawnForm(html), undefined);
  });

  it("reads what the page says went wrong", () => {
    assert.equal(problemOn(page("", `<p class="spawn-error-msg alert alert-danger">Error: no <b>GPU</b> left</p>`)), "Error: no GPU left");
    assert.equal(problemOn(kube), undefined);
  });

  it("makes the user options that KubeSpawner makes of its form", () => {
    assert.deepEqual(userOptionsOf(gpu(), new Map()), { profile: "gpu", image: "tf", "node-type": "a" });
    assert.deepEqual(
      userOptionsOf(
        gpu(),
        new Map<string, { choice: string } | { text: string }>([
          ["image", { text: "x:1" }],
          ["node-type", { choice: "b" }],
        ]),
      ),
      {
        profile: "gpu",
        "image--unlisted-choice": "x:1",
        "node-type": "b",
      },
    );
  });

  it("preselects what was chosen the last time, as far as it is still offered", () => {
    const chosen = (options: Record<string, unknown> | undefined): unknown => {
      const profile = preselecting(read(kube), options).profiles.find(({ isDefault }) => isDefault);
      return profile && userOptionsOf(profile, new Map());
    };
    for (const options of [
      { profile: "cpu" },
      { profile: "gpu", image: "torch", "node-type": "b" },
      { profile: "gpu", "image--unlisted-choice": "y:2", "node-type": "a" },
    ]) {
      assert.deepEqual(chosen(options), options);
    }
    const preselected = { profile: "gpu", image: "tf", "node-type": "a" };
    for (const options of [undefined, {}, { profile: "gone" }, { profile: "gpu", image: "gone", "node-type": 7 }])
      assert.deepEqual(chosen(options), preselected);
    const docked = preselecting(read(docker), { image: "jupyter/base-notebook:latest" });
    assert.equal(docked.profiles[0]?.options[0]?.preselected, "jupyter/base-notebook:latest");
  });

  it("checks a free text as the page would", () => {
    const freeText = gpu().options[0]?.freeText;
    assert.ok(freeText);
    assert.equal(problemWith(freeText, "quay.io/x:1"), undefined);
    assert.equal(problemWith(freeText, "no tag"), "Must be a valid image, with a tag");
    assert.match(problemWith(freeText, " ") ?? "", /^Type /);
    assert.equal(problemWith({ ...freeText, pattern: "(" }, "anything"), undefined, "what is no pattern refuses nothing");
  });
});
