"""Every notebook in JupyterLab, in a real browser; run by `make test-browser`."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from conftest import CHROMIUM, ROOT, copy_corpus
from playwright.sync_api import Locator, Page, TimeoutError, expect

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
SHOTS = ROOT / "screenshots"
RUN_SECONDS = 300
assert CHROMIUM, "these tests need Chromium: apt install chromium"
expect.set_options(timeout=30_000)  # a slow machine takes its time
# JupyterLab may ask for a kernel, or about a file, at any moment
ACCEPT = "setInterval(() => document.querySelector('.jp-Dialog .jp-mod-accept')?.click(), 300)"
# runs a command as its menu does; what it gives is there when it is done
EXECUTE = """([command, seconds]) => Promise.race([
    jupyterapp.commands.execute(command).then(value => value === undefined || value === true),
    new Promise((_, fail) => setTimeout(() => fail(new Error(`${command} took more than ${seconds} s`)), 1000 * seconds)),
])"""
HAS_KERNEL = """() => {
    const panel = window.jupyterapp?.shell.currentWidget
    return panel?.context?.isReady && panel.sessionContext.isReady && panel.sessionContext.session?.kernel?.status === "idle"
}"""
# what JupyterLab itself throws where a session begins or ends while it is asked for
OF_JUPYTERLAB = ("Canceled future for create_subshell_request", "Cannot read properties of null (reading 'kernel')")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the notebooks and the corpora, so that nothing is written into the project."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("call-2021", "example"):
        copy_corpus(ROOT / "corpus" / name, folder / "corpus" / name, text=True)
    return folder


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """The file in which JupyterLab keeps its log; it is shown where a test failed."""
    return tmp_path_factory.mktemp("log") / "jupyterlab.txt"


@pytest.fixture(scope="module")
def lab(home, log, tmp_path_factory):
    """JupyterLab on loopback, with settings of its own; gives its address."""
    own = tmp_path_factory.mktemp("jupyter")
    # kernels speak through sockets in files: a port found free may be taken before the kernel binds it, a file is not;
    # the path of such a file has some 100 characters at most
    runtime = Path(tempfile.mkdtemp(prefix="lab-"))
    for plugin, setting in {
        "notebook-extension/tracker": {"windowingMode": "none"},  # all cells are on the page
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }.items():
        file = own / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(setting))
    env = os.environ | {"JUPYTER_CONFIG_DIR": f"{own}/config", "JUPYTER_RUNTIME_DIR": str(runtime), "IPYTHONDIR": f"{own}/ipython",
                        "JUPYTERLAB_SETTINGS_DIR": f"{own}/settings", "JUPYTERLAB_WORKSPACES_DIR": f"{own}/workspaces"}  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root",
               "--IdentityProvider.token=", f"--ServerApp.root_dir={home}",
               "--KernelManager.transport=ipc", "--LabApp.expose_app_in_browser=True",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly"]  # fmt: skip
    with log.open("w") as out, subprocess.Popen(command, env=env, stdout=out, stderr=out) as server:
        try:
            for _ in range(240):
                try:
                    told = json.loads((runtime / f"jpserver-{server.pid}.json").read_text())
                    address = f"http://127.0.0.1:{told['port']}"
                    urllib.request.urlopen(f"{address}/api/status", timeout=5)
                    break
                except (OSError, ValueError):  # not yet written, half written, or not yet listening
                    assert server.poll() is None, log.read_text()
                    time.sleep(0.5)
            else:
                pytest.fail(f"JupyterLab does not answer:\n{log.read_text()}")
            yield address
        finally:
            server.terminate()
            server.wait()
            shutil.rmtree(runtime)


@pytest.fixture
def page(browser, lab, log):
    """A page of JupyterLab; whatever it asks of another machine, and whatever goes wrong on it, fails the test."""
    page, asked, wrong = browser.new_page(viewport={"width": 1300, "height": 1000}), [], []

    def answer(dialog):
        if dialog.type != "beforeunload":  # JupyterLab's own, where a notebook without a kernel is opened again
            wrong.append(f"dialog: {dialog.message}")
        dialog.accept()

    page.add_init_script(ACCEPT)
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", answer)
    yield page
    wrong += map(str, page.page_errors())
    page.close(run_before_unload=False)
    print(log.read_text())
    assert [url for url in asked if not url.startswith((lab, lab.replace("http", "ws"), "data:", "blob:"))] == []
    assert [error for error in wrong if not any(own in error for own in OF_JUPYTERLAB)] == []


def open_notebook(page: Page, lab: str, name: str) -> None:
    """Open a notebook in a workspace of its own, and wait for its kernel; where none comes, open it once more."""
    address = f"{lab}/lab/workspaces/{name}/tree/notebooks/{name}.ipynb"
    page.goto(address)
    try:
        page.wait_for_function(HAS_KERNEL, timeout=60_000, polling=200)
    except TimeoutError:
        page.clear_page_errors()  # what went wrong without a kernel
        page.goto(address)
        page.wait_for_function(HAS_KERNEL, timeout=120_000, polling=200)


def run_all(page: Page) -> bool:
    """Run all cells; tell whether none failed."""
    return page.evaluate(EXECUTE, ["notebook:run-all-cells", RUN_SECONDS])


def save(page: Page, path: Path) -> nbformat.NotebookNode:
    """Save the notebook, and give what is on disk."""
    page.evaluate(EXECUTE, ["docmanager:save", RUN_SECONDS])
    return nbformat.read(path, as_version=4)


def take_shot(page: Page, name: str) -> None:
    """Leave a picture of the whole notebook in screenshots/, to be looked at."""
    panel = page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer")
    height = panel.evaluate("panel => panel.scrollHeight")
    SHOTS.mkdir(exist_ok=True)
    page.set_viewport_size({"width": 1300, "height": min(height + 150, 16_000)})
    panel.evaluate("panel => panel.scrollTo(0, 0)")
    page.wait_for_timeout(500)
    page.screenshot(path=SHOTS / f"{name}.png")
    page.set_viewport_size({"width": 1300, "height": 1000})


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_opened_and_runs_to_its_end(page, lab, home, name):
    open_notebook(page, lab, name)
    ran = run_all(page)
    notebook = save(page, home / "notebooks" / f"{name}.ipynb")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        kinds = [output.output_type for output in cell.outputs]
        assert cell.execution_count and "error" not in kinds, cell.source
        assert not any(output.get("name") == "stderr" for output in cell.outputs), cell.outputs
    assert ran and page.locator(".jp-OutputArea-output img").count() >= 1
    assert all(page.locator(".jp-OutputArea-output img").evaluate_all("images => images.map(i => i.naturalWidth > 0)"))
    take_shot(page, name)


# ------------------------------------------------------------------------------------------------ explorer


@pytest.fixture
def explorer(page, lab, home):
    """The explorer alone, in a notebook of one cell."""
    number = len(list((home / "notebooks").glob("explorer-*.ipynb")))  # a name that no page has open
    show(page, lab, home, f"explorer-{number}", "example")
    return page


def show(page: Page, lab: str, home: Path, name: str, corpus: str) -> None:
    """Run a notebook of one cell that opens the explorer."""
    cell = nbformat.v4.new_code_cell(f"import analysis as an\nan.explore(an.read_corpus({corpus!r}))")
    notebook = nbformat.v4.new_notebook(
        cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    nbformat.write(notebook, home / "notebooks" / f"{name}.ipynb")
    open_notebook(page, lab, name)
    assert run_all(page)


def options(control: Locator) -> list[str]:
    """List what a control offers; its blanks are hard ones on the page."""
    return [text.replace("\xa0", " ") for text in control.locator("option").all_inner_texts()]


def chart(page: Page) -> str:
    """Give the picture that the explorer shows."""
    return page.locator("img[alt^='Forest chart'][src^='data:image/png']").last.get_attribute("src")


def changes(page: Page, before: str) -> int:
    """Wait for another picture; give the milliseconds."""
    begun = time.perf_counter()
    page.wait_for_function(
        """before => [...document.querySelectorAll("img[alt^='Forest chart']")].every(image => image.src !== before)""",
        arg=before, timeout=30_000, polling=10,
    )  # fmt: skip
    return round(1000 * (time.perf_counter() - begun))


def test_controls_move_the_chart_and_a_term_shows_its_sentences(page, lab, home):
    shutil.copyfile(ROOT / "notebooks" / "07_your_corpus.ipynb", home / "notebooks" / "moved.ipynb")
    open_notebook(page, lab, "moved")
    assert run_all(page)
    page.get_by_label("Measure", exact=True).scroll_into_view_if_needed()
    took = {}
    for label, move in {
        "Measure": lambda control: control.select_option("log ratio"),
        "Voice": lambda control: control.select_option("the outlet's own words"),
        "Least count": lambda control: (control.fill("2"), control.press("Enter")),
        "Terms a source": lambda control: (control.fill("5"), control.press("Enter")),
        "Leave out names": lambda control: control.check(),
        "Sources": lambda control: control.select_option(["Harbour Wire", "State Herald"]),
    }.items():
        before = chart(page)
        move(page.get_by_label(label, exact=True))
        took[label] = changes(page, before)
    print("milliseconds from control to picture:", took)
    expect(page.locator("table caption", has_text="ordered by log ratio")).to_have_count(1)
    terms = page.get_by_label("Term", exact=True)
    expect(terms.locator("option")).to_have_count(10)  # the list follows the picture
    offered = options(terms)
    assert len(offered) == 10 and {text.split(":")[0] for text in offered} == {"Harbour Wire", "State Herald"}
    terms.select_option(index=7)
    source, term = re.match(r"(.*?): (.*) \(\d+ : \d+\)$", offered[7]).groups()
    sentences = page.locator("section", has=page.locator(f"strong:text-is('{term}')"))
    expect(sentences).to_have_count(1)
    expect(sentences).to_contain_text(f"in {source}")
    marked = {text.lower() for text in sentences.locator("mark").all_inner_texts()}
    assert term in marked and all("the outlet's own words" in t for t in sentences.locator("small").all_inner_texts())
    take_shot(page, "explorer")


def test_the_figure_and_its_code_are_saved(explorer, home):
    page, folder = explorer, home / "figures" / "example"
    page.get_by_label("Name of the figure", exact=True).fill("07-from-the-browser")
    page.get_by_role("button", name="Save figure").click()
    expect(page.locator("code", has_text="07-from-the-browser.pdf")).to_have_count(1)
    saved = {kind: folder / f"07-from-the-browser.{kind}" for kind in ("pdf", "svg", "png", "csv", "txt", "json")}
    assert all(path.stat().st_size > 100 for path in saved.values())
    assert "Harbour Wire" in saved["txt"].read_text() and "Alt text: Forest chart" in saved["txt"].read_text()
    page.get_by_role("button", name="Save code").click()
    expect(page.locator("code", has_text="07-from-the-browser.py")).to_have_count(1)
    before = {kind: path.read_bytes() for kind, path in saved.items()}
    code = folder / "07-from-the-browser.py"
    subprocess.run([sys.executable, str(code)], cwd=home, check=True, env=os.environ | {"MPLBACKEND": "agg"})
    assert {kind: path.read_bytes() for kind, path in saved.items()} == before


def test_the_explorer_is_used_by_keyboard_and_labelled(explorer, axe):
    page, before = explorer, chart(explorer)
    page.get_by_label("Sources", exact=True).focus()
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.labels?.[0]?.textContent.trim() ?? ''"))
    assert reached == ["Voice", "Side that speaks", "Measure", "Least count", "Terms a source", "Leave out names", "Leave out offices",
                       "Leave out translated texts"]  # fmt: skip
    said = page.locator("[aria-live=polite]", has=page.locator("[role=status]"))
    expect(said).to_have_text(re.compile("^Terms in the chart: [0-9]+, ordered by weighted log-odds"))
    place = said.element_handle()
    page.get_by_label("Measure", exact=True).focus()
    page.keyboard.press("ArrowDown")
    changes(page, before)
    expect(said).to_have_text(re.compile("^Terms in the chart: [0-9]+, ordered by log ratio$"))
    assert place.evaluate("place => place.isConnected")  # the place is still the same
    page.evaluate(axe)
    found = page.evaluate("""axe.run({include: [['.jp-OutputArea-output .jupyter-widgets'], ['.jp-OutputArea-output img']]},
        {runOnly: ['label', 'select-name', 'button-name', 'image-alt', 'aria-valid-attr-value']})""")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [] and len(found["passes"]) >= 4


def test_without_a_kernel_the_picture_and_the_sentences_are_there(explorer, lab, home):
    page, path = explorer, home / "notebooks" / "static.ipynb"
    name = Path(page.url.partition("?")[0]).name
    nbformat.write(save(page, home / "notebooks" / name), path)
    open_notebook(page, lab, "static")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Shut Down Kernel$")).click()
    expect(page.locator(".jp-Toolbar-kernelName")).to_have_text("No Kernel")
    picture = page.locator("img[alt^='Forest chart'][src^='data:image/png']").last
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.naturalWidth") > 500
    assert page.locator("section mark").count() > 3
    take_shot(page, "without-kernel")


HOSTILE = "<img src=x onerror=document.title='owned'> & <script>document.title='owned'</script>"


def test_hostile_names_and_texts_are_text(page, lab, home):
    folder = home / "corpus" / "hostile"
    (folder / "text").mkdir(parents=True)
    rows = ["article_id,source,role,title"]
    for number, source in enumerate([HOSTILE, 'B" onmouseover="x', "$(touch owned)"]):
        cell = source.replace('"', '""')
        rows.append(f'a{number},"{cell}",core,"{HOSTILE}"')
        words = (
            "The border talks failed. " * 3
            + f"The outlet wrote {HOSTILE} once. " * (2 + 2 * number)
            + f"Word{'x' * number} came again. " * 4
        )
        (folder / "text" / f"a{number}.txt").write_text(words)
    (folder / "articles.csv").write_text("\n".join(rows) + "\n")
    subprocess.run([sys.executable, "-m", "analysis", "build", str(folder)], check=True, capture_output=True)
    show(page, lab, home, "hostile", str(folder))
    terms = page.get_by_label("Term", exact=True)
    offered = options(terms)
    assert any(text.startswith("<img src=x") for text in offered)
    terms.select_option(index=next(i for i, text in enumerate(offered) if ": document (" in text))
    expect(page.locator("section", has=page.locator("mark"))).to_contain_text("<script>document.title")
    page.get_by_role("button", name="Save code").click()
    page.get_by_role("button", name="Save figure").click()
    expect(page.locator("code", has_text="07-explorer.pdf")).to_have_count(1)
    assert page.locator(".jp-OutputArea-output img[src='x'], .jp-OutputArea-output script").count() == 0
    assert page.title() != "owned" and not list(home.rglob("owned"))
    take_shot(page, "hostile")
