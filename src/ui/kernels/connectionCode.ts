// Python code by which another program connects to a running kernel. It holds no token.

/** The kernel that the code connects to. */
export interface KernelPlace {
  /** The server's base URL, with a trailing slash. */
  readonly url: URL;
  readonly kernelId: string;
}

/**
 * Code with nothing but Python's own modules and `websocket-client`: asks the kernel by its server's API, the token from
 * the environment. See https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
 */
export function connectionCode({ url, kernelId }: KernelPlace): string {
  const address = new URL(url);
  address.username = "";
  address.password = "";
  address.search = "";
  return `# A client of a kernel on ${address.host}. pip install websocket-client
# JUPYTERHUB_API_TOKEN: a token of yours, as the hub's page ${new URL("/hub/token", address).pathname} makes it; keep it out of files.
import json, os, uuid
from websocket import create_connection

server = ${JSON.stringify(address.href)}
kernel = ${JSON.stringify(kernelId)}
headers = {"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"]}

session = uuid.uuid4().hex
ws = create_connection(
    server.replace("http", "ws", 1) + f"api/kernels/{kernel}/channels?session_id={session}", header=headers
)
header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": session, "username": "", "version": "5.3", "date": ""}
content = {"code": "print(1 + 1)", "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
ws.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}))
while True:
    message = json.loads(ws.recv())
    if message["parent_header"].get("msg_id") != header["msg_id"]:
        continue
    if message["msg_type"] == "stream":
        print(message["content"]["text"], end="")
    if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
        break
ws.close()
`;
}
