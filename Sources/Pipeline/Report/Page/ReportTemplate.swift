/// The page of a credit report, as a Mustache template.
enum ReportTemplate {
    static let text = #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Credit report · {{pipeline}} · {{started}}</title>
        <style>
        :root { --text: #1d2430; --muted: #5c6675; --line: #dde2e9; --card: #ffffff; --page: #f5f7fa; --fill: #2f6fdd;
          --second: #9bbcf2; --track: #e8ecf2; --bad: #b3261e; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e8ebf0; --muted: #9aa5b5; --line: #333c49; --card: #1b212b; --page: #12161d; --fill: #6ea2ff;
            --second: #35588f; --track: #2a323e; --bad: #ff8a80; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 900px; margin: 0 auto; padding: 32px 20px 48px; }
        h1 { font-size: 26px; margin: 0 0 4px; }
        h2 { font-size: 18px; margin: 0 0 12px; }
        p { margin: 0 0 10px; }
        .muted { color: var(--muted); }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0; }
        .card, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        .card { padding: 14px 16px; }
        .card b { display: block; font-size: 24px; font-variant-numeric: tabular-nums; }
        .card span { color: var(--muted); font-size: 13px; }
        section { padding: 20px; margin: 0 0 16px; break-inside: avoid; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
        th, td { padding: 6px 8px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th { color: var(--muted); font-weight: 600; }
        th:first-child, td:first-child, .left { text-align: left; }
        td.wrap { white-space: normal; }
        svg { width: 100%; height: auto; display: block; margin: 4px 0 14px; font: 13px system-ui, sans-serif; }
        svg text { fill: var(--muted); } svg text.name { fill: var(--text); }
        svg .fill { fill: var(--fill); } svg .second { fill: var(--second); } svg .track { fill: var(--track); }
        svg .axis { stroke: var(--line); } svg .mark { stroke: var(--text); stroke-width: 2; }
        .bad { color: var(--bad); }
        @media print { :root { --page: #ffffff; --card: #ffffff; --text: #000000; --muted: #444444; --line: #bbbbbb; }
          main { max-width: none; padding: 0; } section, .card { border-radius: 0; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
        </style>
        </head>
        <body>
        <main>
        <h1>Credit report: {{pipeline}}</h1>
        <p class="muted">Run {{run}} · workspace {{workspace}} · {{engine}} engine · {{started}} to {{finished}} · {{status}}{{#resumed}} · taken up again{{/resumed}}</p>

        <div class="cards">
        <div class="card"><b>{{used}}</b><span>credits used{{#hasBudget}} of at most {{budget}}{{/hasBudget}}</span></div>
        <div class="card"><b>{{enriched}}</b><span>of {{read}} rows enriched ({{share}})</span></div>
        <div class="card"><b>{{perFound}}</b><span>credits for each of {{found}} values found</span></div>
        {{#hasVerdicts}}<div class="card"><b>{{perValid}}</b><span>credits for each of {{valid}} <em>valid</em> emails</span></div>
        {{/hasVerdicts}}
        <div class="card"><b>{{saved}}</b><span>credits saved by what was known</span></div>
        </div>

        <section><h2>What came in</h2>
        <div class="scroll"><table><tr><th>File</th><th>Rows</th><th>Not readable</th><th>Size</th></tr>
        {{#inputs}}<tr><td class="wrap">{{path}}</td><td>{{rows}}</td><td>{{rejected}}</td><td>{{bytes}}</td></tr>
        {{/inputs}}</table></div></section>

        <section><h2>What became of the rows</h2>
        <div class="scroll"><table><tr><th>Outcome</th><th>Rows</th><th>Share</th></tr>
        {{#outcomes}}<tr><td>{{name}}</td><td>{{count}}</td><td>{{share}}</td></tr>
        {{/outcomes}}</table></div></section>

        <section><h2>What was found, by channel</h2>
        {{{channelChart}}}
        <div class="scroll"><table><tr><th>Channel</th><th>Asked</th><th>Found</th><th>Hit rate</th><th>Valid</th><th>Invalid</th><th>Open</th><th>Credits</th><th>Per found</th><th>Per valid</th></tr>
        {{#channels}}<tr><td>{{name}}</td><td>{{asked}}</td><td>{{found}}</td><td>{{rate}}</td><td>{{valid}}</td><td>{{invalid}}</td><td>{{unknown}}</td><td>{{credits}}</td><td>{{perFound}}</td><td>{{perValid}}</td></tr>
        {{/channels}}</table></div>
        {{#isEstimated}}<p class="muted">The service names one sum for each record; what a channel or a source cost is an estimate.</p>{{/isEstimated}}
        {{#hasVerification}}<p class="muted">{{checked}} emails were checked in this run, {{verdictsKnown}} verdicts were known before.</p>{{/hasVerification}}
        </section>

        <section><h2>Who found it</h2>
        {{{sourceChart}}}
        <div class="scroll"><table><tr><th>Source</th><th>Found</th><th>Valid emails</th><th>Credits</th><th>Per found</th><th>Per valid email</th></tr>
        {{#sources}}<tr><td class="wrap">{{name}}</td><td>{{found}}</td><td>{{valid}}</td><td>{{credits}}</td><td>{{perFound}}</td><td>{{perValid}}</td></tr>
        {{/sources}}</table></div></section>

        <section><h2>What it cost</h2>
        <p><b>{{used}}</b> credits were used{{#hasCompanies}}, {{companies}} of them for companies{{/hasCompanies}}. Earlier answers saved {{savedByCache}} credits on {{fromCache}} rows, and rows of the same person {{savedByDedupe}} on {{duplicates}} rows.</p>
        {{#hasUnknownCharge}}<p class="bad">Up to {{unknownCharge}} credits more may have been charged for answers that were lost.</p>{{/hasUnknownCharge}}
        {{#hasForecast}}{{#forecast}}<p>By what was known before the run, its questions were to cost {{expected}} credits, most likely {{low}} to {{high}} and {{worst}} at the very most.</p>
        {{{chart}}}{{/forecast}}{{/hasForecast}}
        </section>

        {{#hasAudit}}{{#audit}}<section><h2>Bill against price list</h2>
        {{#agrees}}<p>Every charge is within the price list.</p>{{/agrees}}
        {{^agrees}}<p class="bad">{{count}} records were charged {{overcharged}} credits more than the list has for them.</p>
        <div class="scroll"><table><tr><th>Row</th><th class="left">Call</th><th class="left">Paid for</th><th>Charged</th><th>Listed</th><th class="left">Why</th></tr>
        {{#rows}}<tr><td>{{row}}</td><td class="left">{{endpoint}}</td><td class="left wrap">{{channels}}</td><td>{{charged}}</td><td>{{listed}}</td><td class="left">{{reason}}</td></tr>
        {{/rows}}</table></div>
        {{#more}}<p class="muted">All of them are in the file of disputed charges beside this report.</p>{{/more}}{{/agrees}}
        </section>{{/audit}}{{/hasAudit}}

        <section><h2>Requests and limits</h2>
        <p>{{requestCount}} requests in {{seconds}}; {{waited}} of them waiting for the limits.</p>
        {{#hasTimeline}}{{{timeline}}}{{/hasTimeline}}
        {{#hasRequests}}<div class="scroll"><table><tr><th>Request</th><th>Count</th></tr>
        {{#requests}}<tr><td>{{name}}</td><td>{{count}}</td></tr>
        {{/requests}}</table></div>{{/hasRequests}}</section>

        {{#hasReasons}}<section><h2>Rejected, skipped and failed</h2>
        <div class="scroll"><table><tr><th>What</th><th class="left">Why</th><th>Rows</th><th class="left">Such as</th></tr>
        {{#reasons}}<tr><td>{{kind}}</td><td class="left wrap">{{reason}}</td><td>{{count}}</td><td class="left wrap">{{examples}}</td></tr>
        {{/reasons}}</table></div></section>{{/hasReasons}}

        {{#hasImports}}<section><h2>Files for imports</h2>
        <div class="scroll"><table><tr><th>File</th><th>Rows</th><th class="left">Left out</th></tr>
        {{#imports}}<tr><td class="wrap">{{path}}</td><td>{{rows}}</td><td class="left wrap">{{leftOut}}</td></tr>
        {{/imports}}</table></div></section>{{/hasImports}}
        </main>
        </body>
        </html>

        """#
}
