# SPDX-License-Identifier: Apache-2.0
"""Walks a page in headless Chromium, over its debugging pipe, and prints what it saw as JSON.

browse.py PAGE [PICTURES]: PICTURES is a folder for a picture of each theme and width.
"""
import base64, json, os, pathlib, re, subprocess, sys, tempfile, time


class Browser:
    def __init__(self, folder):
        to_browser, self.writing = os.pipe()
        self.reading, from_browser = os.pipe()
        # Chromium reads commands from descriptor 3 and answers on 4.
        hand_over = lambda: (os.dup2(to_browser, 63), os.dup2(from_browser, 64),
                             os.dup2(63, 3), os.dup2(64, 4))
        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--no-first-run", f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=hand_over, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(to_browser), os.close(from_browser)
        self.count, self.buffer, self.events, self.session = 0, b"", [], None

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.reading, 1 << 20)
            if not chunk:
                raise RuntimeError("chromium is gone")
            self.buffer += chunk
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def attach(self, *domains):
        """Begins with an empty page, of which these domains are told besides those that all need."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Performance", *domains):
            self.call(f"{domain}.enable")

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:500])
        return result["result"].get("value")

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
        except (RuntimeError, OSError):
            self.process.kill()
        self.process.wait()

    def open(self, url):
        """Opens a page, and tells the processor's time that its process took, in seconds: what else
        the machine does meanwhile is not the page's."""
        self.call("Page.navigate", url=url)
        while self.value("document.readyState") != "complete":
            time.sleep(0.01)
        self.value("document.body.getBoundingClientRect().height")
        metrics = self.call("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "ProcessTime")

    def key(self, key, code, **more):
        for kind in "rawKeyDown", "char", "keyUp":
            if kind != "char" or "text" in more:
                self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    def theme(self, name, width):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": name}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=width < 600)


# The worst contrast of text and ground on the page (WCAG 2.2, 1.4.3), and where.
CONTRAST = """(() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const luminance = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92
    : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length == 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  let worst = [21, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
    const style = getComputedStyle(e), svg = e.closest("svg");
    const a = luminance(parse(svg ? style.fill : style.color)), b = luminance(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, e.outerHTML.slice(0, 120)];
  }
  return worst;
})()"""

# What stands before each check, and how each address range is set: [class, mark, name].
MARKS = """[...document.querySelectorAll(location.hash + ' .checks tbody tr')].map(row => {
  const head = row.querySelector('th');
  return [row.className, getComputedStyle(head, '::before').content[1], head.textContent]; })"""
WEIGHTS = """[...document.querySelectorAll(location.hash + ' .ranges tbody tr')].map(row =>
  [row.className, getComputedStyle(row.cells[0]).fontWeight, row.cells[3].textContent])"""

# Checks and their evidence that are wider than the window, or than the place that they have.
CUT = """[...document.querySelectorAll(location.hash + ' .checks :is(th, td)')].filter(e =>
  e.checkVisibility() && (e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth))
  .map(e => e.textContent.slice(0, 60))"""

FOCUS = """(() => { const e = document.activeElement; return { name: e.getAttribute("aria-label")
  || e.textContent.trim().slice(0, 40), href: e.getAttribute("href"), tag: e.tagName,
  seen: getComputedStyle(e).outlineStyle != "none", heat: !!e.closest(".heat") }; })()"""


NAMED = {"link", "image", "region", "heading", "rowheader", "columnheader"}


def named(nodes, roles):
    """The nodes of these roles without a name."""
    return [n["nodeId"] for n in nodes if not n.get("ignored")
            and n.get("role", {}).get("value") in roles and not n.get("name", {}).get("value", "").strip()]


def main():
    page, pictures = pathlib.Path(sys.argv[1]).resolve().as_uri(), sys.argv[2:]
    seen = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            browser.attach("Log", "Network", "Accessibility")
            browser.theme("light", 1280)
            seen["seconds"] = browser.open(page)
            cells = browser.value("[...document.querySelectorAll('.cell')].map(e => e.id)")
            sections = [""] + ["#" + c for c in cells[:3] + cells[-1:]]
            seen["overflow"], seen["contrast"], seen["unnamed"] = [], [21, ""], []
            for theme in "light", "dark":
                for width in 1280, 390:
                    browser.theme(theme, width)
                    for section in sections:
                        browser.value(f"location.hash = '{section}'")
                        if browser.value("document.documentElement.scrollWidth > innerWidth"):
                            seen["overflow"].append([theme, width, section])
                        seen["contrast"] = min(seen["contrast"], browser.value(CONTRAST))
                        nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
                        seen["unnamed"] += named(nodes, NAMED)
                        if pictures:
                            data = browser.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
                            name = f"{theme}-{width}-{section[1:] or 'top'}.png"
                            pathlib.Path(pictures[0], name).write_bytes(base64.b64decode(data))
            browser.theme("light", 500)
            seen["narrow"] = []
            for cell in cells:
                browser.value(f"location.hash = '#{cell}'")
                seen["narrow"] += browser.value(CUT)
            browser.value("location.hash = ''")
            paper = base64.b64decode(browser.call("Page.printToPDF")["data"])
            seen["sheets"] = len(re.findall(rb"/Type\s*/Page\b", paper))
            browser.theme("light", 1280)
            seen["marks"], seen["weights"] = {}, {}
            for cell in cells:
                browser.value(f"location.hash = '#{cell}'")
                seen["marks"][cell] = browser.value(MARKS)
                seen["weights"][cell] = browser.value(WEIGHTS)
            browser.value("location.hash = ''")
            browser.open("about:blank")
            browser.open(page)
            walk = []
            for _ in range(60):
                browser.key("Tab", 9)
                walk.append(browser.value(FOCUS))
            seen["walk"] = walk
            heat = browser.value("(() => { const a = document.querySelector('.heat td a');"
                                 "a && a.focus(); return a && a.getAttribute('href'); })()")
            if heat:
                browser.key("Enter", 13, text="\r")
                seen["followed"] = [heat, browser.value("location.hash"),
                                    browser.value("document.querySelector(':target').checkVisibility()"),
                                    browser.value("document.querySelector('.overview').checkVisibility()")]
            seen["scripts"] = browser.value("document.scripts.length")
            seen["text"] = browser.value("document.documentElement.textContent")
            seen["heads"] = browser.value("document.querySelectorAll('.heat th[scope]').length")
            own = "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"
            seen["console"] = [e["params"] for e in browser.events if e.get("method") in own]
            # The policy must stop a script that got in.
            browser.value("document.body.append(Object.assign(document.createElement('script'),"
                          "{textContent: 'window.broken = 1'}))")
            seen["broken"] = browser.value("window.broken === 1")
            requests = {e["params"]["request"]["url"].split("#")[0] for e in browser.events
                        if e.get("method") == "Network.requestWillBeSent"}
            seen["requests"] = sorted(requests - {page, "about:blank"})
        finally:
            browser.close()
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main()
