# SPDX-License-Identifier: Apache-2.0
"""Holds pages against axe-core, by hand: contrast, names, order, roles.

axe.py AXE PAGE...: AXE is axe.min.js. Each page, with the overview and the first pages of its runs, is
looked at in both themes, 1280 and 500 pixels wide. It prints what axe finds, and fails where that is
anything.
"""
import json, pathlib, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "Tests/ReportsTests/Conformance"))
from browse import Browser  # noqa: E402

RUN = """axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify([axe.version, r.violations.map(v =>
  [v.id, v.impact, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])]))"""


def look(browser, source, page):
    browser.open(page)
    browser.value(source + "; 0")
    result = browser.call("Runtime.evaluate", expression=RUN, awaitPromise=True, returnByValue=True)
    if "exceptionDetails" in result:
        raise RuntimeError(json.dumps(result["exceptionDetails"])[:500])
    return json.loads(result["result"]["value"])


def main():
    source, found, looks, version = pathlib.Path(sys.argv[1]).read_text(), {}, 0, ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            browser.attach()
            for page in map(pathlib.Path, sys.argv[2:]):
                url = page.resolve().as_uri()
                browser.open(url)
                cells = browser.value("[...document.querySelectorAll('.cell.page')].map(e => '#' + e.id)")
                for place in [""] + cells[:4]:
                    for theme in "light", "dark":
                        for width in 1280, 500:
                            browser.theme(theme, width)
                            browser.open("about:blank")
                            version, violations = look(browser, source, url + place)
                            looks += 1
                            for rule, impact, words, nodes in violations:
                                where = f"{page.name}{place}, {theme}, {width}"
                                found.setdefault((rule, impact, words), []).append((where, nodes))
        finally:
            browser.close()
    print(f"axe-core {version}: {looks} looks, {len(found)} rules found something")
    for (rule, impact, words), places in found.items():
        print(f"{rule} ({impact}): {words}; {len(places)} looks, first {places[0][0]}")
        for node in places[0][1]:
            print(f"  {node}")
    sys.exit(1 if found else 0)


main()
