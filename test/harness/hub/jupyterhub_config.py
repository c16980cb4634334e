# The test hub: real JupyterHub parts on loopback, whose spawns can be made slow or failing on demand.
# hub.ts passes everything that varies as JSON in JUPYTERHUB_CONNECT_HUB.
import asyncio
import json
import os
import sys
from html import escape
from pathlib import Path

from jupyterhub import version_info
from jupyterhub.auth import Authenticator
from jupyterhub.handlers import BaseHandler
from jupyterhub.spawner import SimpleLocalProcessSpawner

settings = json.loads(os.environ["JUPYTERHUB_CONNECT_HUB"])
directory = Path(settings["directory"])
bin_directory = Path(sys.executable).parent

c = get_config()  # noqa: F821

# --- The hub, between a proxy and user servers that outlive it, as in real deployments
c.JupyterHub.bind_url = settings["bindUrl"]
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = settings["hubPort"]
c.JupyterHub.db_url = f"sqlite:///{directory / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(directory / "cookie_secret")
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings['proxyApiPort']}"
c.ConfigurableHTTPProxy.auth_token = settings["proxyToken"]
c.JupyterHub.allow_named_servers = True
c.JupyterHub.services = [{"name": "harness", "api_token": settings["adminToken"], "admin": True}]


# --- Who may sign in: everybody, with the one password
class SingleSignOnHandler(BaseHandler):
    """The institution's own sign-in page, which knows who comes without being told a password."""

    async def get(self):
        user = await self.login_user({"username": "ana"})
        self.redirect(self.get_next_url(user))


class SingleSignOn(Authenticator):
    """A hub without passwords of its own: its page has a button that leads to another service."""

    login_service = "the University"

    def login_url(self, base_url):
        return f"{base_url}university_login"

    def get_handlers(self, app):
        return [("/university_login", SingleSignOnHandler)]

    async def authenticate(self, handler, data):
        # Nobody comes in by the API: there is no password that it could take.
        return data["username"] if isinstance(handler, SingleSignOnHandler) else None


c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = settings["password"]
c.Authenticator.admin_users = {"admin"}
if version_info >= (5,):
    c.Authenticator.allow_all = True

if settings.get("singleSignOn"):
    c.JupyterHub.authenticator_class = SingleSignOn

# Services that clients of this name sign in through, with OAuth
clients = settings.get("oauthClients", [])
for client in clients:
    service = {"name": client["name"], "oauth_client_id": client["clientId"], "api_token": client["secret"]}
    service["oauth_redirect_uri"] = client["redirectUri"]
    service["oauth_client_allowed_scopes"] = client["scopes"]
    c.JupyterHub.services.append(service)
if clients:
    access = [f"access:services!service={client['name']}" for client in clients]
    # Contained in "self", but hub 3 gives a client only what a role has word by word.
    own = sorted({scope for client in clients for scope in client["scopes"]})
    c.JupyterHub.load_roles = [{"name": "user", "scopes": ["self", *own, *access]}]


# --- User servers
class SpawnRefused(Exception):
    """A spawn that fails on demand; hub and clients show its text."""

    def __init__(self, reason):
        super().__init__(reason)
        self.jupyterhub_message = reason


class TestSpawner(SimpleLocalProcessSpawner):
    """Reports what the hook below is waiting for."""

    steps = ()
    never = False

    async def start(self):
        if self.never:
            await asyncio.Event().wait()  # until the hub's start_timeout, or somebody stops it
        return await super().start()

    async def progress(self):
        sent = 0
        while True:
            for number, message in list(enumerate(self.steps))[sent:]:
                yield {"progress": min(90, 10 + 10 * number), "message": message}
            sent = len(self.steps)
            await asyncio.sleep(0.1)


async def before_spawn(spawner):
    """
    Slow, failing, dying, hanging or forever pending spawns: by user_options, else by the beginning of the server's name.
    "die" ends its process at once, "hang" runs and never answers, "pending" waits for a place that never comes.
    """
    options = spawner.user_options or {}
    kind = spawner.name.split("-")[0] if "-" in spawner.name else ""
    delay = float(options.get("delay", 4 if kind == "slow" else 0))
    reason = options.get("fail")
    if options.get("profile") == "quota":
        reason = "Your quota of large servers is used up until Monday."
    if not reason and kind == "fail":
        reason = f"No room for {spawner.name}: this test hub refuses servers of that name."
    spawner.steps = ["Looking for a place"]
    for second in range(int(delay)):
        spawner.steps.append(f"Waiting for a place, {second + 1} of {int(delay)} s")
        await asyncio.sleep(1)
    await asyncio.sleep(delay % 1)
    if reason:
        raise SpawnRefused(str(reason))
    spawner.never = bool(options.get("pending", kind == "pending"))
    spawner.cmd = [str(bin_directory / "jupyterhub-singleuser")]
    if options.get("die", kind == "die"):
        spawner.cmd = ["false"]
    if options.get("hang", kind == "hang"):
        spawner.cmd = ["sh", "-c", "exec sleep 3600"]
    # What the server was started with, for its kernels to tell.
    spawner.environment = {**spawner.environment, "TEST_USER_OPTIONS": json.dumps(options)}
    spawner.steps.append("Waiting for a place that never comes" if spawner.never else "Starting the server")


# --- What there is to choose on the spawn page, in the shape of KubeSpawner's profiles
PROFILES = {
    "small": {
        "display_name": "Small",
        "description": "2 cores, 4 GB of memory. Starts at once.",
        "default": True,
        "options": {},
    },
    "gpu": {
        "display_name": "GPU",
        "description": "One GPU; may wait for a free one.",
        "options": {
            "image": {
                "display_name": "Image",
                "choices": {"torch": "PyTorch 2.9", "jax": "JAX 0.8"},
                "default": "torch",
                "unlisted_choice": {
                    "display_name": "Image location",
                    "display_name_in_choices": "Another image…",
                    "validation_regex": r"^[^\s:]+:[^\s:]+$",
                    "validation_message": "An image with its tag, such as quay.io/jupyter/base-notebook:latest",
                },
            },
            "memory": {
                "display_name": "Memory",
                "choices": {"16": "16 GB", "64": "64 GB"},
                "default": "16",
            },
        },
    },
    "quota": {
        "display_name": "Large (quota used up)",
        "description": "64 cores. The hub refuses it: its quota is used up.",
        "options": {},
    },
}


def select_of(slug, name, option):
    field = f"profile-option-{slug}--{name}"
    choices = "".join(
        f'<option value="{value}" {"selected" if value == option["default"] else ""}>{escape(text)}</option>'
        for value, text in option["choices"].items()
    )
    other = option.get("unlisted_choice")
    text = ""
    if other:
        choices += f'<option value="unlisted-choice">{escape(other["display_name_in_choices"])}</option>'
        text = f"""
          <div class="option hidden js-other-input-container">
            <label for="{field}--unlisted-choice">{escape(other["display_name"])}</label>
            <input data-name="{field}--unlisted-choice" pattern="{escape(other["validation_regex"])}"
                   title="{escape(other["validation_message"])}" class="form-control js-other-input" />
          </div>"""
    return f"""
        <div class="js-options-container">
          <div class="option">
            <label for="{field}">{escape(option["display_name"])}</label>
            <select name="{field}" class="form-control">{choices}</select>
          </div>{text}
        </div>"""


def options_form(spawner):
    """KubeSpawner's form; none for servers whose name begins with "plain", as on hubs without a choice."""
    if spawner.name.startswith("plain"):
        return ""
    rows = []
    for slug, profile in PROFILES.items():
        options = "".join(select_of(slug, name, option) for name, option in profile["options"].items())
        rows.append(f"""
      <label for="profile-item-{slug}" class="profile js-profile-label">
        <div class="radio">
          <input type="radio" name="profile" id="profile-item-{slug}" value="{slug}" {"checked" if profile.get("default") else ""} />
        </div>
        <div>
          <h3>{escape(profile["display_name"])}</h3>
          <p>{escape(profile["description"])}</p>
          <div>{options}</div>
        </div>
      </label>""")
    return f'<div class="form-group" id="kubespawner-profiles-list">{"".join(rows)}</div>'


def options_from_form(form):
    """The chosen profile and its options, as KubeSpawner makes them of its form."""
    slug = form.get("profile", [None])[0]
    if not slug:
        return {}
    prefix = f"profile-option-{slug}--"
    return {"profile": slug, **{key[len(prefix) :]: values[0] for key, values in form.items() if key.startswith(prefix)}}


c.JupyterHub.spawner_class = TestSpawner
c.Spawner.pre_spawn_hook = before_spawn
c.Spawner.options_form = options_form
c.Spawner.options_from_form = options_from_form
c.Spawner.args = ["--allow-root"] if os.getuid() == 0 else []
c.Spawner.start_timeout = 60
c.Spawner.http_timeout = 60
c.SimpleLocalProcessSpawner.home_dir_template = str(directory / "homes" / "{username}")
c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "JUPYTERHUB_CONNECT_OWNER", "MPLCONFIGDIR", "XDG_CACHE_HOME"]
# A person's own Jupyter and Python settings stay out of the tests.
c.Spawner.environment = {"PYTHONNOUSERSITE": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
