# SPDX-License-Identifier: Apache-2.0
"""Goes ways through pages as people do, with the mouse, and prints what they saw as JSON.

walk.py PICTURES WAYS: PICTURES is a folder for a picture of each end; WAYS is a JSON list of
{"name", "page", "clicks": [CSS selector, ...], "sought": CSS selector}. Each way is gone in both themes,
1280 and 500 pixels wide.
"""
import base64, json, pathlib, sys, tempfile, time

from browse import Browser, CONTRAST

# The middle of an element, scrolled into sight; null for one that nobody sees.
PLACE = """(() => {{ const e = document.querySelector({selector}); if (!e || !e.checkVisibility()) return null;
  e.scrollIntoView({{block: "center", inline: "center"}}); const r = e.getBoundingClientRect();
  return [r.x + Math.min(r.width, 40) / 2, r.y + Math.min(r.height, 40) / 2]; }})()"""

# What is sought, as far as it is shown, what of it is beyond the window's edge, and what is selected.
SOUGHT = """(() => {{ const e = document.querySelector({selector}); if (!e || !e.checkVisibility()) return null;
  e.scrollIntoView({{block: "center"}}); const r = e.getBoundingClientRect();
  return {{ text: e.innerText, cut: r.left < 0 || r.right > innerWidth + 1,
    selected: String(getSelection()) }}; }})()"""


def click(browser, selector):
    place = browser.value(PLACE.format(selector=json.dumps(selector)))
    if place is None:
        raise RuntimeError(f"nobody sees {selector}")
    for kind in "mousePressed", "mouseReleased":
        browser.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left",
                     clickCount=1)
    time.sleep(0.05)


def main():
    pictures, ways, seen = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2]), []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            browser.attach()
            for way in ways:
                for theme in "light", "dark":
                    for width in 1280, 500:
                        browser.theme(theme, width)
                        browser.open("about:blank")
                        browser.open(pathlib.Path(way["page"]).resolve().as_uri())
                        for selector in way["clicks"]:
                            click(browser, selector)
                        end = browser.value(SOUGHT.format(selector=json.dumps(way["sought"])))
                        picture = f"{way['name']}-{theme}-{width}.png"
                        data = browser.call("Page.captureScreenshot")["data"]
                        (pictures / picture).write_bytes(base64.b64decode(data))
                        seen.append({"way": way["name"], "theme": theme, "width": width, "end": end,
                                     "contrast": browser.value(CONTRAST)[0], "picture": picture})
        finally:
            browser.close()
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main()
