// Local folders and where they are on the server.
import assert from "node:assert/strict";
import { readServerFolders, serverPathOf } from "../../../../src/app/files/serverFolders";

const pathOf = (folder: string): string | undefined => (folder.startsWith("/") ? folder : undefined);
const folders = (value: unknown): ReturnType<typeof readServerFolders> => readServerFolders(value, pathOf);

describe("server folders", () => {
  it("say where a notebook is on the server", () => {
    const pairs = folders({ "/home/ana/course": "teaching/course", "/home/ana/all": "", "/srv/data/": "/data/" });
    assert.equal(serverPathOf("/home/ana/course/week 1/lab.ipynb", pairs), "teaching/course/week 1/lab.ipynb");
    assert.equal(serverPathOf("/home/ana/all/lab.ipynb", pairs), "lab.ipynb");
    assert.equal(serverPathOf("/srv/data/lab.ipynb", pairs), "data/lab.ipynb");
  });

  it("say nothing of what is in none of them", () => {
    const pairs = folders({ "/home/ana/course": "course" });
    for (const path of ["/home/ana/course.ipynb", "/home/ana/courses/lab.ipynb", "/home/ana/course"])
      assert.equal(serverPathOf(path, pairs), undefined);
  });

  it("go by the innermost, in whatever order they are", () => {
    const pairs = { "/a": "outer", "/a/b/c": "inner", "/a/b": "middle" };
    assert.equal(serverPathOf("/a/b/c/x.ipynb", folders(pairs)), "inner/x.ipynb");
    assert.equal(serverPathOf("/a/b/x.ipynb", folders(pairs)), "middle/x.ipynb");
  });

  it("are none where the setting is something else, and leave out what is no folder", () => {
    for (const value of [undefined, null, "course", ["a"], { "/a": 1 }]) assert.deepEqual(folders(value), []);
    assert.deepEqual(folders({ "no folder": "x", "/a": " b " }), [{ local: "/a", server: "b" }]);
    assert.equal(serverPathOf("/x.ipynb", folders({ "/": "" })), "x.ipynb");
  });
});
