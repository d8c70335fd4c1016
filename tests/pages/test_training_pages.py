"""The pages of TensorBoard and Visdom, with a training that the monitor reported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from grader.monitor import Monitor
from tests.monitor.servers import free_port, served, train, visdom_served

pytestmark = pytest.mark.slow
PATIENCE = 60_000  # milliseconds for a page of somebody else's


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that reaches nothing but the loopback."""
    context = browser.new_context()
    context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
    yield context.new_page()
    context.close()


def test_tensorboard_shows_the_curve(page, tmp_path):
    """Its tag stands over a chart."""
    pytest.importorskip("tensorboard")
    with Monitor(f"tensorboard:{tmp_path}") as monitor:
        train(monitor)
    port = free_port()
    options = ["--logdir", str(tmp_path), "--host", "127.0.0.1", "--port", str(port)]
    with served([sys.executable, "-m", "tensorboard.main", *options], port) as server:
        page.goto(server.address)
        expect(page.get_by_text("train_loss/loss").first).to_be_visible(timeout=PATIENCE)


def test_visdom_shows_the_windows(page, tmp_path):
    """Its page opens with the curves, the images and the text; drawing them needs scripts that its
    server downloads when it starts, so without a network there is only the frame."""
    visdom = pytest.importorskip("visdom")
    reads = pytest.importorskip("tests.monitor.test_visdom_backend").windows
    with visdom_served(tmp_path) as server:
        with Monitor(f"visdom:{server.address}") as monitor:
            train(monitor)
        page.goto(server.address, wait_until="domcontentloaded")
        expect(page).to_have_title("visdom", timeout=PATIENCE)
        assert set(reads(server.address)) == {"train_loss", "test", "x", "pred"}
        if Path(visdom.__file__).with_name("static").joinpath("js/plotly-plotly.min.js").exists():
            expect(page.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(3)
            expect(page.get_by_text("right")).to_contain_text("of 32 right")
            expect(page.locator("img.content-image")).to_be_visible()
