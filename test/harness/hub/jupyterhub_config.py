# The test hub: real JupyterHub parts on loopback, whose spawns can be made slow or failing on demand.
# hub.ts passes everything that varies as JSON in JUPYTERHUB_CONNECT_HUB.
import asyncio
import json
import os
import sys
from pathlib import Path

from jupyterhub import version_info
from jupyterhub.spawner import SimpleLocalProcessSpawner

settings = json.loads(os.environ["JUPYTERHUB_CONNECT_HUB"])
directory = Path(settings["directory"])
bin_directory = Path(sys.executable).parent

c = get_config()  # noqa: F821

# --- The hub, between a proxy and user servers that outlive it, as in real deployments
c.JupyterHub.bind_url = f"http://127.0.0.1:{settings['proxyPort']}{settings['prefix']}"
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
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = settings["password"]
c.Authenticator.admin_users = {"admin"}
if version_info >= (5,):
    c.Authenticator.allow_all = True


# --- User servers
class SpawnRefused(Exception):
    """A spawn that fails on demand; hub and clients show its text."""

    def __init__(self, reason):
        super().__init__(reason)
        self.jupyterhub_message = reason


class TestSpawner(SimpleLocalProcessSpawner):
    """Reports what the hook below is waiting for."""

    steps = ()

    async def progress(self):
        sent = 0
        while True:
            for number, message in list(enumerate(self.steps))[sent:]:
                yield {"progress": min(90, 10 + 10 * number), "message": message}
            sent = len(self.steps)
            await asyncio.sleep(0.1)


async def before_spawn(spawner):
    """Slow, failing or dying spawns: by user_options, else by the beginning of the server's name."""
    options = spawner.user_options or {}
    kind = spawner.name.split("-")[0] if "-" in spawner.name else ""
    delay = float(options.get("delay", 4 if kind == "slow" else 0))
    reason = options.get("fail")
    if not reason and kind == "fail":
        reason = f"No room for {spawner.name}: this test hub refuses servers of that name."
    spawner.steps = ["Looking for a place"]
    for second in range(int(delay)):
        spawner.steps.append(f"Waiting for a place, {second + 1} of {int(delay)} s")
        await asyncio.sleep(1)
    await asyncio.sleep(delay % 1)
    if reason:
        raise SpawnRefused(str(reason))
    dies = options.get("die", kind == "die")
    spawner.cmd = ["false"] if dies else [str(bin_directory / "jupyterhub-singleuser")]
    spawner.steps.append("Starting the server")


c.JupyterHub.spawner_class = TestSpawner
c.Spawner.pre_spawn_hook = before_spawn
c.Spawner.args = ["--allow-root"] if os.getuid() == 0 else []
c.Spawner.start_timeout = 60
c.Spawner.http_timeout = 60
c.SimpleLocalProcessSpawner.home_dir_template = str(directory / "homes" / "{username}")
c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "JUPYTERHUB_CONNECT_OWNER", "MPLCONFIGDIR"]
# A person's own Jupyter and Python settings stay out of the tests.
c.Spawner.environment = {"PYTHONNOUSERSITE": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
