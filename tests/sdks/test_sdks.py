"""The real SDKs of Twilio Segment and RudderStack, of which only the host is changed (`make sdks` installs them)."""

import importlib.util
import shutil

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.profiles.tracking.sending import make_sender
from tests.sdks.proof import HERE, check, python, sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("packing", ["plain", "gzip"])
@pytest.mark.parametrize(("sdk", "package"), [("segment", "segment"), ("rudder", "rudderstack")])
def test_the_python_sdks_work_with_only_the_host_changed(
    live_server: LiveServer, sdk: str, package: str, packing: str
) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip("the SDKs for Python are not here: make sdks")
    python(f"send_{sdk}.py", live_server.url, make_sender().key, packing)
    check()


@pytest.mark.parametrize("sdk", ["segment", "rudder"])
def test_the_node_sdks_work_with_only_the_host_changed(live_server: LiveServer, sdk: str) -> None:
    node = shutil.which("node")
    if node is None or not (HERE / "node" / "node_modules").is_dir():
        pytest.skip("the SDKs for Node are not here: make sdks, which needs npm")
    sent(node, "node/send.mjs", sdk, live_server.url, make_sender().key)
    check()
