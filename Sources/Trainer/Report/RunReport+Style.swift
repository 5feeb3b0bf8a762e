extension RunReport {
  /// For screens of any width, light and dark, and for paper.
  static let style = """
    :root { color-scheme: light dark; --paper: #fcfcfb; --card: #fff; --ink: #1d1d1f; --soft: #6a6a70;
      --line: #e4e3e0; --source: #1f5fd0; --target: #c2600a; --swap: #177a4c; --warn: #9a6a00;
      --warn-paper: #fff8e6; --bad: #b42318; }
    @media (prefers-color-scheme: dark) { :root { --paper: #151517; --card: #1e1e21; --ink: #ececee;
      --soft: #9b9ba3; --line: #34343a; --source: #7aa7ff; --target: #f2a25c; --swap: #5fcf97;
      --warn: #e8bd5a; --warn-paper: #2a2417; --bad: #ff8a7d; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
      font: 1rem/1.5 "Inter", "Segoe UI", system-ui, "Helvetica Neue", "DejaVu Sans", sans-serif;
      font-variant-numeric: tabular-nums; }
    main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 3rem; }
    h1 { font-size: 2.2rem; line-height: 1.15; margin: 0; letter-spacing: -.02em; overflow-wrap: anywhere; }
    h2 { font-size: 1.2rem; margin: 0 0 .35rem; letter-spacing: -.01em; }
    section { margin-top: 2.75rem; }
    .over { margin: 0 0 .35rem; color: var(--soft); font-size: .78rem; letter-spacing: .09em;
      text-transform: uppercase; }
    .lead { margin: .5rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
    .note { margin: 0 0 .9rem; color: var(--soft); font-size: .88rem; max-width: 46rem; }
    i { font-style: normal; } i.source { color: var(--source); } i.target { color: var(--target); }
    .cards { display: grid; grid-template-columns: repeat(var(--columns), 1fr); gap: .7rem;
      margin-top: 1.75rem; }
    .cards div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
      padding: .7rem .9rem; }
    .cards span, .cards small { display: block; color: var(--soft); font-size: .8rem; }
    .cards b { display: block; font-size: 1.2rem; font-weight: 600; letter-spacing: -.01em; margin: .1rem 0; }
    .cards i + i { margin-left: .55rem; }
    .warnings { background: var(--warn-paper); border-radius: .6rem; padding: 1rem 1.2rem;
      border-left: .28rem solid var(--warn); margin-top: 1.5rem; }
    .warnings ul { margin: .3rem 0 0; padding: 0; list-style: none; }
    .warnings li { margin-top: .5rem; overflow-wrap: anywhere; }
    .warnings span { display: block; color: var(--warn); font-size: .8rem; }
    .fine { margin: 1.25rem 0 0; color: var(--swap); font-size: .9rem; }
    .split { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2.5rem; }
    .slide { display: flex; align-items: center; gap: .8rem; max-width: 34rem; margin: 0 0 .8rem; }
    .slide input { flex: 1; min-width: 0; accent-color: var(--source); height: 1.6rem; }
    .slide output { min-width: 4rem; font-weight: 600; }
    :focus-visible { outline: 2px solid var(--source); outline-offset: 3px; }
    .sheet { width: fit-content; max-width: 100%; }
    .columns { display: grid; grid-template-columns: repeat(4, 1fr); color: var(--soft); font-size: .82rem;
      text-align: center; padding-bottom: .25rem; }
    #previews img { display: block; max-width: 100%; height: auto; border-radius: .35rem; }
    #previews img[hidden] { display: none; }
    .chart { height: 18rem; padding: .4rem .6rem 1.7rem 3.2rem; }
    .chart div { position: relative; height: 100%; }
    .chart svg { position: absolute; width: 100%; height: 100%; overflow: visible; }
    .chart line { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
    .chart span { position: absolute; color: var(--soft); font-size: .78rem; white-space: nowrap; }
    .chart .y { right: 100%; transform: translate(-.55rem, -50%); }
    .chart .x { top: 100%; transform: translate(-50%, .35rem); }
    polyline { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
    polyline.source { stroke: var(--source); } polyline.target { stroke: var(--target); }
    polyline.swap { stroke: var(--swap); }
    polyline.raw { stroke-width: 1; opacity: .28; } polyline.dashed { stroke-dasharray: 6 4; }
    .key { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: .3rem 0 0 3.2rem; font-size: .84rem;
      color: var(--soft); }
    .key span::before { content: ""; display: inline-block; width: 1.4rem; margin-right: .4rem;
      vertical-align: .25em; border-top: .16rem solid; }
    .key .dashed::before { border-top-style: dashed; } .key .source::before { color: var(--source); }
    .key .target::before { color: var(--target); } .key .swap::before { color: var(--swap); }
    .key .unit { margin-left: auto; } .key .unit::before { display: none; }
    .worst { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.3rem, 1fr)); gap: .9rem .65rem; }
    figure { margin: 0; font-size: .78rem; } figure img { display: block; width: 100%; height: auto;
      border-radius: .35rem; margin-bottom: .25rem; }
    figure code { display: block; color: var(--soft); font-size: .66rem; overflow-wrap: anywhere; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1.5rem; }
    table { border-collapse: separate; border-spacing: 2px; width: 100%; table-layout: fixed;
      font-size: .8rem; align-self: start; }
    caption { text-align: left; padding-bottom: .4rem; overflow-wrap: anywhere; }
    td, th { height: 2.5rem; padding: 0; text-align: center; font-weight: normal; line-height: 1.15; }
    th { color: var(--soft); font-size: .74rem; }
    td { background: color-mix(in srgb, var(--line) 45%, transparent); border-radius: .2rem; }
    td.corner { background: none; }
    td.has { background: color-mix(in srgb, var(--side) calc(var(--strength) * 55%), var(--card)); }
    td small { display: block; font-size: .66rem; opacity: .8; }
    td.hard small { text-decoration: underline; text-underline-offset: .12em; font-weight: 700; opacity: 1; }
    table.source { --side: var(--source); } table.target { --side: var(--target); }
    .lacks, .cross { color: var(--bad); font-weight: 600; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.4rem; margin: .4rem 0 1rem;
      font-size: .9rem; }
    dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
    pre { overflow: auto; font-size: .78rem; } summary { cursor: pointer; font-size: .9rem; }
    footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft);
      font-size: .82rem; max-width: none; } footer p { margin: 0 0 .4rem; max-width: 46rem; }
    @media (max-width: 56rem) { .split { grid-template-columns: minmax(0, 1fr); }
      .cards { grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); } }
    @media (max-width: 34rem) {
      main { padding-top: 1.5rem; } h1 { font-size: 1.7rem; } .chart { height: 14rem; padding-left: 2.6rem; }
      .key { margin-left: 0; } .cards { grid-template-columns: 1fr 1fr; } .cards div { padding: .6rem .7rem; }
      .cards b { font-size: 1.05rem; } table { font-size: .7rem; border-spacing: 1px; }
      th { font-size: .64rem; } td small { font-size: .58rem; }
      dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
    }
    @media print { main { max-width: none; padding: 0; } .slide, details { display: none; }
      section, figure, .cards div { break-inside: avoid; } body { background: none; } }
    """
}
