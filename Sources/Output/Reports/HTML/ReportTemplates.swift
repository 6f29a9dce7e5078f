// SPDX-License-Identifier: Apache-2.0
import Mustache

/// The pages' templates (https://mustache.github.io/mustache.5.html): every `{{name}}` is escaped;
/// `{{{name}}}` is for what these pages draw themselves.
enum ReportTemplates {
  static func library() throws -> MustacheLibrary {
    var library = MustacheLibrary()
    for (name, text) in all { try library.register(text, named: name) }
    return library
  }

  private static let all = [
    "page": page, "heat": heat, "unexpected": unexpected, "cell": cell, "map": map,
    "checks": checks, "words": words, "console": console, "tests": tests, "comparison": comparison,
  ]

  private static let page = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{{styleHash}}'; base-uri 'none'; form-action 'none'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <meta name="generator" content="cmalab">
    <title>{{title}}</title>
    <style>{{{style}}}</style>
    </head>
    <body id="top">
    <a class="skip" href="#main">Skip to the content</a>
    <main id="main">
    {{#overview}}
    <div class="overview">
    <header>
    <p class="eyebrow">cmalab · contiguous memory on emulated boards</p>
    <h1>{{title}}</h1>
    <p class="sentence">{{sentence}}</p>
    <ul class="counts">{{#counts}}<li class="{{kind}}"><span class="mark" aria-hidden="true">{{mark}}</span> <b>{{count}}</b> {{word}}</li>{{/counts}}</ul>
    </header>
    {{> unexpected}}
    {{> heat}}
    {{#missing}}
    <section aria-labelledby="missing"><h2 id="missing">Not run</h2>
    <p>The matrix has {{count}} that no result is there for.</p>
    <details><summary>Which</summary><ul class="ids">{{#ids}}<li>{{.}}</li>{{/ids}}</ul></details>
    </section>
    {{/missing}}
    {{#notes}}
    <section aria-labelledby="notes"><h2 id="notes">Left out</h2><ul>{{#lines}}<li>{{.}}</li>{{/lines}}</ul></section>
    {{/notes}}
    </div>
    {{/overview}}
    {{#comparison}}{{> comparison}}{{/comparison}}
    {{#cells}}
    {{> cell}}
    {{/cells}}
    </main>
    <footer><p>Made by cmalab from the records alone. Sizes are binary, addresses physical, ends inclusive; times of tests are the guest’s emulated time.</p></footer>
    </body>
    </html>

    """

  private static let unexpected = """
    {{#unexpected}}
    <section aria-labelledby="unexpected"><h2 id="unexpected">{{heading}}</h2>
    <ul class="odd">{{#rows}}<li class="{{kind}}"><a href="#c{{number}}">{{name}}</a> <span class="badge">{{word}}</span> <span>{{reason}}</span></li>
    {{/rows}}</ul>
    {{#more}}<p>… and {{more}} more, in the heat map.</p>{{/more}}
    </section>
    {{/unexpected}}
    """

  private static let heat = """
    <section aria-labelledby="heat"><h2 id="heat">Where the edges lie</h2>
    <p class="lede">Columns are the pool that was asked for. {{common}}</p>
    <ul class="legend">
    <li><span class="key p" aria-hidden="true">✓</span> the pool is there</li>
    <li><span class="key f" aria-hidden="true">✕</span> refused or wrong</li>
    <li><span class="key x" aria-hidden="true">!</span> the kernel crashed</li>
    <li><span class="key i" aria-hidden="true">?</span> proves nothing</li>
    <li><span class="key n" aria-hidden="true">·</span> not run</li>
    {{#hasPredictions}}<li><span class="key edge" aria-hidden="true"></span> predicted edge</li>{{/hasPredictions}}
    <li><span class="key u" aria-hidden="true"></span> not as expected</li>
    </ul>
    <div class="scroll" role="region" aria-label="Heat map" tabindex="0">
    <table class="heat">
    <thead><tr><td></td>{{#columns}}<th scope="col">{{.}}</th>{{/columns}}<th scope="col" class="bound">largest<br>that fits</th><th scope="col" class="bound">smallest<br>that does not</th></tr></thead>
    {{#groups}}
    <tbody><tr><th scope="rowgroup" colspan="{{width}}"><span class="stick"><b>{{name}}</b> <span class="banks">{{banks}}</span> <span class="banks">{{common}}</span></span></th></tr>
    {{#rows}}
    <tr><th scope="row">{{name}}</th>{{#squares}}<td class="{{kind}}">{{#number}}<a href="#c{{number}}" aria-label="{{label}}" title="{{reason}}">{{mark}}</a>{{/number}}{{^number}}{{#label}}<span aria-label="{{label}}" role="img">·</span>{{/label}}{{/number}}</td>{{/squares}}<td class="bound">{{#pass}}<a href="#c{{number}}">{{size}}</a>{{/pass}}{{^pass}}none{{/pass}}</td><td class="bound">{{#fail}}<a href="#c{{number}}">{{size}}</a>{{/fail}}{{^fail}}none{{/fail}}</td></tr>
    {{/rows}}
    </tbody>
    {{/groups}}
    </table></div></section>
    """

  private static let cell = """
    <section class="{{classes}}" id="c{{number}}" aria-labelledby="h{{number}}">
    {{#navigation}}<nav aria-label="Runs"><a href="#top">All runs</a>{{#previous}}<a href="#c{{previous}}">Previous</a>{{/previous}}{{#next}}<a href="#c{{next}}">Next</a>{{/next}}</nav>{{/navigation}}
    {{^navigation}}<p class="eyebrow">cmalab · contiguous memory on emulated boards</p>{{/navigation}}
    <h1 id="h{{number}}">{{title}}</h1>
    <p class="verdict {{kind}}"><span class="badge"><span aria-hidden="true">{{mark}}</span> {{word}}</span> {{reason}}</p>
    {{#note}}<p class="note">{{note}}</p>{{/note}}
    <p class="facts">{{facts}}</p>
    {{> map}}
    {{> checks}}
    {{> words}}
    {{> tests}}
    {{> console}}
    <div class="pair"><div><h2>Timing</h2><dl>{{#timing}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/timing}}</dl></div>
    <div><h2>Run it again</h2><pre class="command">{{command}}</pre></div></div>
    </section>
    """

  private static let map = """
    {{#map}}
    <h2>Address space</h2>
    <div class="map">
    <svg viewBox="0 0 356 {{height}}" width="356" height="{{height}}" role="img"><title>{{title}}</title><desc>{{description}}</desc>{{#headings}}<text class="hd" x="{{x}}" y="10">{{text}}</text>{{/headings}}{{#shapes}}<path class="{{kind}}" d="{{path}}"/>{{/shapes}}{{#labels}}<text x="144" y="{{y}}">{{text}}</text>{{/labels}}</svg>
    <div class="scroll" role="region" aria-label="Address ranges" tabindex="0"><table class="plain ranges">
    <thead><tr><th scope="col">Start</th><th scope="col">End</th><th scope="col">Size</th><th scope="col">What</th></tr></thead>
    <tbody>{{#ranges}}<tr{{#kind}} class="{{kind}}"{{/kind}}><td>{{start}}<td>{{end}}<td>{{size}}<td>{{what}}{{/ranges}}</tbody></table>
    {{#forecast}}<p class="forecast">{{forecast}}</p>{{/forecast}}</div>
    </div>
    {{/map}}
    """

  private static let checks = """
    {{#checks}}
    <h2>Checks</h2>
    <div class="scroll" role="region" aria-label="Checks" tabindex="0"><table class="plain checks">
    <thead><tr><th scope="col">Check</th><th scope="col">Observed</th><th scope="col">Evidence</th></tr></thead>
    <tbody>{{#rows}}<tr{{#kind}} class="{{kind}}"{{/kind}}><th scope="row">{{id}}<td>{{observed}}{{#expected}}<br><span class="expected">expected {{expected}}</span>{{/expected}}<td>{{#evidence}}<div>{{#link}}<a href="#{{link}}">line {{line}}</a>{{/link}}{{^link}}line {{line}}{{/link}} <code>{{text}}</code></div>{{/evidence}}{{#line}}line {{line}}{{/line}}
    {{/rows}}</tbody></table></div>
    {{/checks}}
    """

  private static let words = """
    {{#words}}
    <h2>What became of the requests</h2>
    {{#winner}}<p>Default pool: {{winner}}</p>{{/winner}}
    {{#regions}}<p><code>{{node}}</code>: {{summary}}{{#fault}}; {{fault}}{{/fault}}</p>{{/regions}}
    {{#complaints}}<div class="note"><p><code>{{text}}</code> ({{#link}}<a href="#{{link}}">line {{line}}</a>{{/link}}{{^link}}line {{line}}{{/link}})</p><p>{{meaning}}<br>{{remedy}}<br><span class="expected">{{origin}}</span></p></div>{{/complaints}}
    {{/words}}
    """

  private static let console = """
    {{#console}}
    <h2>Console</h2>
    <div class="scroll console" role="region" aria-label="Console excerpt" tabindex="0"><table>{{#lines}}{{#gap}}<tr class="gap"><td>⋮</td><td></td></tr>{{/gap}}<tr{{#id}} id="{{id}}"{{/id}}><td>{{number}}</td><td>{{#evidence}}<mark>{{text}}</mark>{{/evidence}}{{^evidence}}{{text}}{{/evidence}}</td></tr>
    {{/lines}}</table></div>
    {{/console}}
    """

  private static let tests = """
    {{#tests}}
    <h2>Test {{name}}</h2>
    <p class="verdict {{kind}}"><span class="badge"><span aria-hidden="true">{{mark}}</span> {{word}}</span> {{reason}}</p>
    {{#figures}}<dl>{{#rows}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/rows}}</dl>{{/figures}}
    {{#latencies}}
    <div class="scroll" role="region" aria-label="Latencies of {{name}}" tabindex="0"><table class="plain latencies">
    <thead><tr><th scope="col">Emulated time of</th><th scope="col">Distribution <svg viewBox="0 0 260 14" width="260" height="14" aria-hidden="true">{{#ticks}}<text x="{{x}}" y="11">{{text}}</text>{{/ticks}}</svg></th><th scope="col">count</th><th scope="col">p50</th><th scope="col">p90</th><th scope="col">p99</th><th scope="col">p99.9</th><th scope="col">max</th></tr></thead>
    <tbody>{{#rows}}<tr><th scope="row">{{name}}</th><td><svg viewBox="0 0 260 38" width="260" height="38" role="img"><title>{{title}}</title><path class="tick" d="{{grid}}"/><path class="bars" d="{{bars}}"/><path class="p50" d="{{median}}"/><path class="p99" d="{{tail}}"/></svg></td><td>{{count}}</td><td>{{p50}}</td><td>{{p90}}</td><td>{{p99}}</td><td>{{p999}}</td><td>{{max}}</td></tr>
    {{/rows}}</tbody></table></div>
    <p class="caption">Logarithmic, one scale for all rows; the line is the median, the dashed one p99.</p>
    {{/latencies}}
    {{/tests}}
    """

  private static let comparison = """
    <header>
    <p class="eyebrow">cmalab · contiguous memory on emulated boards</p>
    <h1>{{heading}}</h1>
    <p class="sentence">{{sentence}}</p>
    <ul class="counts">{{#counts}}<li class="{{kind}}"><b>{{count}}</b> {{word}}</li>{{/counts}}</ul>
    </header>
    {{#sections}}
    <section aria-labelledby="s{{number}}"><h2 id="s{{number}}">{{heading}}</h2>
    {{#caption}}<p class="lede">{{caption}}</p>{{/caption}}
    <div class="scroll" role="region" aria-label="{{heading}}: table" tabindex="0"><table class="plain change">
    <thead><tr><th scope="col">Run</th><th scope="col">Of</th><th scope="col">Before</th><th scope="col">After</th><th scope="col">Change</th></tr></thead>
    <tbody>{{#rows}}<tr><th scope="row">{{name}}</th><td>{{what}}</td><td>{{before}}</td><td>{{after}}</td><td class="{{kind}}"><span class="diff">{{difference}}</span></td></tr>
    {{/rows}}</tbody></table></div></section>
    {{/sections}}
    {{#alone}}<section aria-labelledby="alone"><h2 id="alone">On one side only</h2><ul class="ids">{{#lines}}<li>{{.}}</li>{{/lines}}</ul></section>{{/alone}}
    """
}
