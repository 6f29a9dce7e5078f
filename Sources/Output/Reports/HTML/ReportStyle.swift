// SPDX-License-Identifier: Apache-2.0

import Digests
import FoundationEssentials

/// The pages' one style sheet, light and dark, for screens of any width and for paper.
enum ReportStyle {
  /// As the Content-Security-Policy names it (CSP3, 2.3.1, hash-source): base64 of SHA-256.
  static var hash: String {
    Data(SHA256Digest(of: Array(css.utf8)).bytes).base64EncodedString()
  }

  // Every pair of text and ground has a contrast of 4.5 or more (WCAG 2.2, 1.4.3) in both themes.
  static let css = """
    :root{color-scheme:light dark;--bg:#fcfbf9;--panel:#f4f2ee;--ink:#1d2126;--soft:#59616b;--line:#dedad3;--accent:#1f5f9e;\
    --p:#dcebdc;--pi:#1d5730;--f:#f6d9cf;--fi:#8a2a14;--x:#9c2f1b;--xi:#fff;--i:#f1e3b4;--ii:#654a00;\
    --bank:#e6e3dc;--pool:#2f73b5;--kernel:#3d4652;--initramfs:#2d8580;--dtb:#8656a6;--carve:#b0543a;--invented:#d3a94c;--markbg:#fdf0c0;\
    --mono:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;\
    --sans:system-ui,-apple-system,"Segoe UI",Inter,"Helvetica Neue","DejaVu Sans",sans-serif}
    @media (prefers-color-scheme:dark){:root{--bg:#14171b;--panel:#1c2026;--ink:#e7e5e0;--soft:#a2a9b3;--line:#333a43;--accent:#84b9ee;\
    --p:#1f3b2a;--pi:#a5deb2;--f:#4b241a;--fi:#ffbfae;--x:#e2705a;--xi:#1a0d0a;--i:#413611;--ii:#f0d37c;\
    --bank:#2c323a;--pool:#5b9bd8;--kernel:#98a3b1;--initramfs:#4fb0a9;--dtb:#b68bd2;--carve:#d98267;--invented:#a07f36;--markbg:#4a3f14}}
    *{box-sizing:border-box}
    html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 var(--sans);font-variant-numeric:tabular-nums}
    main,footer{max-width:76rem;margin:0 auto;padding:0 clamp(1rem,4vw,3rem)}
    main{padding-top:clamp(1.5rem,5vw,4rem)}
    a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:1px}
    a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
    .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem 1rem;z-index:9}
    .eyebrow{margin:0 0 .75rem;color:var(--soft);font-size:.8rem;letter-spacing:.04em}
    h1{font-size:clamp(1.5rem,1.1rem + 1.8vw,2.25rem);line-height:1.2;letter-spacing:-.02em;font-weight:650;margin:0 0 .75rem;text-wrap:balance;overflow-wrap:anywhere}
    h2{font-size:1.3rem;letter-spacing:-.01em;font-weight:650;margin:3rem 0 .5rem}
    .cell h2{font-size:.95rem;font-weight:650;margin:2.25rem 0 .6rem}
    p{margin:0 0 .75rem;max-width:46rem}.lede,.facts,.caption,.forecast{color:var(--soft)}.caption,.forecast{font-size:.85rem;margin-top:.6rem}.facts{max-width:none}
    .sentence{font-size:1.2rem;line-height:1.45}
    .counts,.legend,.ids{list-style:none;padding:0;margin:1rem 0}
    .counts{display:flex;flex-wrap:wrap;gap:.5rem}.counts li{padding:.2rem .8rem;border-radius:1rem;font-size:.9rem}
    .legend{display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;font-size:.85rem;color:var(--soft)}
    .key{display:inline-block;width:1.5rem;height:1.5rem;line-height:1.5rem;text-align:center;border-radius:4px;margin-right:.3rem;font-weight:700;vertical-align:middle}
    .key.edge{width:3px;background:var(--ink);border-radius:0;margin:0 .7rem}.key.u{box-shadow:inset 0 0 0 3px var(--accent)}
    .p{background:var(--p);color:var(--pi)}.f{background:var(--f);color:var(--fi)}.x{background:var(--x);color:var(--xi)}.i{background:var(--i);color:var(--ii)}
    .n{color:var(--soft);border:1px dashed var(--line)}
    .scroll{overflow-x:auto;max-width:100%;border-radius:3px}
    table{border-collapse:collapse;font-size:.9rem}
    th{font-weight:600;text-align:left}
    .heat{border-collapse:separate;border-spacing:3px;margin:0 -3px}
    .heat thead th{font:500 .78rem/1.2 var(--mono);color:var(--soft);text-align:center;vertical-align:bottom;padding:.2rem}
    .heat thead .bound{font-family:var(--sans);text-align:right;padding-left:1.2rem;white-space:nowrap}
    .heat tbody th[scope=rowgroup]{padding:1.1rem 0 .15rem;font-weight:400}.heat th b{font-weight:650}
    .stick{display:inline-block;position:sticky;left:3px;max-width:min(80vw,60rem)}
    .banks{font:.78rem var(--mono);color:var(--soft);margin-left:.5rem}
    .heat th[scope=row]{position:sticky;left:0;z-index:2;background:var(--bg);font:500 .82rem var(--mono);padding:0 .8rem 0 0;white-space:nowrap}
    .heat td{position:relative;min-width:3.1rem;height:2.1rem;padding:0;text-align:center;border-radius:4px;font-weight:700}
    .heat td a{display:block;line-height:2.1rem;color:inherit;text-decoration:none;border-radius:4px}
    .heat td a:hover{outline:2px solid var(--ink)}.heat td a:focus-visible{outline-offset:1px;position:relative;z-index:3}
    .heat td.n{border:0;box-shadow:inset 0 0 0 1px var(--line)}
    .heat td.bound{text-align:right;padding-left:1.2rem;font:.85rem var(--mono);white-space:nowrap;border-radius:0;color:var(--soft)}.heat td.bound a{color:var(--accent);text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.18em;line-height:2.1rem}
    .heat td.u a{box-shadow:inset 0 0 0 3px var(--accent)}
    .heat td.er::after{content:"";position:absolute;right:-3px;top:-3px;bottom:-3px;width:3px;background:var(--ink);z-index:1}
    .heat td.eb::before{content:"";position:absolute;left:-3px;right:-3px;bottom:-3px;height:3px;background:var(--ink);z-index:1}
    .plain{min-width:100%}.plain th,.plain td{padding:.4rem 1rem .4rem 0;vertical-align:baseline;border-bottom:1px solid var(--line)}
    .plain thead th{font-size:.8rem;font-weight:500;color:var(--soft);white-space:nowrap}
    .plain td.p,.plain td.f,.plain td.x,.plain td.i{background:none;color:inherit}
    .plain tr.p,.plain tr.f,.plain tr.x,.plain tr.i{background:none;color:inherit}
    .odd{list-style:none;padding:0;margin:0}.odd li{display:grid;grid-template-columns:19rem 8rem 1fr;gap:.25rem 1rem;padding:.5rem 0;border-bottom:1px solid var(--line);background:none;color:inherit;font-size:.9rem}.odd a{font:500 .85rem var(--mono);overflow-wrap:anywhere}.odd span{justify-self:start;overflow-wrap:anywhere}
    .badge{display:inline-block;padding:.05rem .6rem;border-radius:1rem;font-weight:650;font-size:.9em;white-space:nowrap}
    .p .badge{background:var(--p);color:var(--pi)}.f .badge{background:var(--f);color:var(--fi)}.x .badge{background:var(--x);color:var(--xi)}.i .badge{background:var(--i);color:var(--ii)}
    .verdict{background:none;color:inherit;font-size:1.1rem;overflow-wrap:anywhere}
    .note p{margin:0 0 .3rem}.note{margin:0 0 .75rem;border-left:3px solid var(--accent);padding:.1rem 0 .1rem .8rem}
    nav{display:flex;gap:1.25rem;margin-bottom:2rem;font-size:.9rem}
    .map{display:grid;grid-template-columns:356px minmax(0,1fr);gap:2rem;align-items:start}
    svg{display:block;max-width:100%;height:auto;overflow:visible}svg text{font:11px var(--mono);fill:var(--ink)}svg .hd{font:10px var(--sans);fill:var(--soft)}
    .b{fill:var(--bank)}.o{fill:var(--pool)}.k{fill:var(--kernel)}.r{fill:var(--initramfs)}.d{fill:var(--dtb)}.c{fill:var(--carve)}.v{fill:var(--invented)}.g{fill:var(--soft)}
    .q{fill:none;stroke:var(--pool);stroke-width:2}.l{fill:none;stroke:var(--soft);stroke-width:.75}.z{fill:none;stroke:var(--soft);stroke-dasharray:2 3}
    .ranges td{font-family:var(--mono);font-size:.8rem;white-space:nowrap}.ranges td:nth-child(-n+3){text-align:right}.ranges th:nth-child(-n+3){text-align:right}.ranges td:last-child{font-family:var(--sans);font-size:.9rem}.ranges .b td{font-weight:650}
    .checks th[scope=row]{font:500 .82rem var(--mono);white-space:nowrap}.checks th[scope=row]::before{content:"✓";content:"✓"/"holds:";color:var(--pi);display:inline-block;width:1.5em;font-weight:700}
    .checks tr.f th::before{content:"✕";content:"✕"/"fails:";color:var(--fi)}.checks tr.i th::before{content:"?";content:"?"/"proves nothing:";color:var(--ii)}
    .checks td{max-width:26rem;overflow-wrap:anywhere}.checks td:last-child{font-size:.8rem;color:var(--soft)}.expected{color:var(--soft)}
    code,.command,.console{font-family:var(--mono);font-size:.8rem}code{overflow-wrap:anywhere;white-space:pre-wrap}
    .console{background:var(--panel);padding:.75rem 0;border-radius:6px}.console table{font-size:.78rem;line-height:1.5}.console td{padding:0 1rem 0 0;white-space:pre}.console td:first-child{color:var(--soft);text-align:right;padding-left:1rem;user-select:none}
    mark{background:var(--markbg);color:inherit;box-shadow:0 0 0 .15rem var(--markbg)}tr:target mark{outline:2px solid var(--accent);outline-offset:2px}
    .command{background:var(--panel);padding:.75rem 1rem;border-radius:6px;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
    .pair{display:grid;grid-template-columns:1fr 2fr;gap:2rem}.pair>div{min-width:0}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:0 0 1rem;font-size:.9rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
    .latencies td:nth-child(n+3),.latencies th:nth-child(n+3){text-align:right;white-space:nowrap}.latencies td{font-size:.82rem;vertical-align:middle}.latencies tbody th{font:500 .82rem var(--mono);vertical-align:middle;white-space:nowrap}.latencies th svg text{fill:var(--soft);font-size:10px;text-anchor:middle}.latencies svg{max-width:none}
    .bars{fill:var(--pool)}.tick{fill:none;stroke:var(--line)}.p50{fill:none;stroke:var(--ink);stroke-width:1.5}.p99{fill:none;stroke:var(--ink);stroke-width:1;stroke-dasharray:3 2}
    .change .f .diff{color:var(--fi);font-weight:650}.change .p .diff{color:var(--pi);font-weight:650}.change th[scope=row]{font:500 .82rem var(--mono);overflow-wrap:anywhere;min-width:12rem}
    .change td:nth-child(n+3){font-family:var(--mono);font-size:.82rem}
    .ids{font:.82rem/1.7 var(--mono);columns:20rem;overflow-wrap:anywhere}
    .page{display:none}.page:target,.page:has(:target){display:block}main:has(.page:target) .overview,main:has(.page :target) .overview{display:none}
    footer{margin-top:4rem;padding-top:1rem;padding-bottom:3rem;font-size:.8rem;color:var(--soft)}
    @media (max-width:56rem){.map,.pair,.odd li{grid-template-columns:minmax(0,1fr)}.map,.pair{gap:1rem}.heat td{min-width:2.6rem}.heat th[scope=row]{white-space:normal;max-width:34vw}.checks td{min-width:13rem}}
    @media print{:root{--bg:#fff}body{font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}main,footer{max-width:none;padding:0}.skip,nav{display:none}.scroll{overflow:visible}.page.u{display:block;break-before:page}.heat td{min-width:0}.heat th[scope=row]{position:static}tr,svg,pre{break-inside:avoid}a{color:inherit;text-decoration:none}}
    @media (forced-colors:active){.heat td{border:1px solid}.heat td.er{border-right:3px solid}}
    """
}
