import Prober
import Testing

@testable import Reconcile

/// The report as Chromium shows it.
@Suite(.serialized, .enabled(if: Browser.programs != nil, "needs chromium and python3"))
struct HTMLBrowserTests {
    /// Hosts that have a database which nobody declared, and a web server that is down.
    private static func fleet(_ hostCount: UInt32) -> FindingsReport {
        let groups = (0..<hostCount).flatMap { number in
            let address = IPAddress.v4(0xc612_0000 + number)
            return [
                Example.group(22...22, .handshake, at: address),
                Example.group(6379...6379, .handshake, at: address),
                Example.group(80...99, .reset, at: address),
            ]
        }
        let policy = Policy([
            Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([22...22, 80...80])))
        ])
        let whole = reconcile(.of(groups), with: nil, under: policy)
        return FindingsReport([FindingsReport.Part(whole, target: "fleet")], version: "0.1.0")
    }

    private static let count = text(of: "count")

    private static func text(of id: String) -> String {
        "document.getElementById('\(id)').textContent"
    }

    /// Writes into a field, and says how many findings are left.
    private func fill(_ field: String, _ text: String) -> String {
        "(document.getElementById('f-\(field)').value = '\(text)', readFields(), "
            + "\(Self.text(of: "count")))"
    }

    @Test func `each filter narrows the findings, and all of them together`() throws {
        let outcome = try Browser.open(
            Self.fleet(4).html(),
            steps: [
                Self.count, fill("port", "6379"), fill("host", "198.18.0.1"), "location.hash",
                fill("port", "1-50"), "document.querySelector('.toggle').textContent",
                fill("port", "x"),
                "document.getElementById('f-port').getAttribute('aria-invalid')",
                fill("port", ""), fill("host", ""), fill("code", "U5"), fill("code", ""),
                fill("transport", "1"), "document.querySelector('#rows').textContent",
                fill("transport", ""), fill("text", "MONGODB"),
                fill("text", "inventory-incomplete"),
                fill("text", "198.18.0.3"), fill("text", ""),
                "(document.querySelector('[data-result=pass]').click(), "
                    + "\(Self.text(of: "count")))",
                "document.querySelector('[data-result=pass]').getAttribute('aria-pressed')",
                "document.querySelector('[data-result=warn]').disabled",
            ])
        let expected = [
            "16 findings", "4 of 16 findings", "1 of 16 findings", "#host=198.18.0.1&port=6379",
            "1 of 16 findings", "198.18.0.1:22/tcp", "4 of 16 findings", "true",
            "4 of 16 findings", "16 findings", "12 of 16 findings", "16 findings",
            "0 of 16 findings", "Nothing here is like that. Show all, or ask for less.",
            "16 findings", "0 of 16 findings", "12 of 16 findings", "4 of 16 findings",
            "16 findings", "8 of 16 findings", "true",
        ]
        #expect(outcome.values == expected.map { "\"\($0)\"" } + ["true"])
    }

    @Test func `a link opens the same view`() throws {
        let outcome = try Browser.open(
            Self.fleet(4).html(), at: "#result=fail&host=198.18.0.2&port=6379",
            steps: [Self.count, "document.getElementById('f-host').value"])
        #expect(outcome.values == ["\"1 of 16 findings\"", "\"198.18.0.2\""])
    }

    @Test(
        "text of a host is shown and does nothing",
        arguments: [
            Example.hostile, "<img src=x onerror=window.harmed=1>",
            "</script><script>window.harmed=1</script>", "<svg onload=window.harmed=1>",
        ])
    func hostile(name: String) throws {
        let outcome = try Browser.open(
            Example.report(name).html(),
            steps: [
                "typeof window.harmed", "document.images.length", "document.scripts.length",
                "document.querySelectorAll('[onclick],[onload],[onerror],iframe,object').length",
                "(document.querySelector('tr.finding').click(), 0)",
                "[...document.querySelectorAll('td.who')].map((cell) => cell.textContent)",
                "document.querySelector('.facts').textContent",
            ])
        #expect(Array(outcome.values[..<4]) == ["\"undefined\"", "0", "2", "0"])
        let shown = outcome.values[5] + outcome.values[6]
        #expect(shown.contains(name.visible.prefix(12).replacing("\"", with: "\\\"")))
    }

    @Test func `alike hosts are one line, which opens with the keyboard`() throws {
        let outcome = try Browser.open(
            Self.fleet(4).html(),
            steps: [
                "document.querySelectorAll('tr.finding').length",
                "document.querySelector('td.place small').textContent",
                "(document.querySelector('.toggle').focus(), null)", "key:Enter",
                "document.activeElement.getAttribute('aria-expanded')",
                "document.querySelectorAll('tr.details').length",
                "document.querySelector('.facts').textContent.includes('198.18.0.3')",
                "key:Enter", "document.querySelectorAll('tr.details').length",
                "(document.getElementById('alike').click(), "
                    + "document.querySelectorAll('tr.finding').length)",
            ])
        #expect(
            outcome.values == [
                "4", "\"and 3 more hosts alike\"", "null", "\"true\"", "1", "true", "0", "16",
            ])
    }

    /// A host with addresses of its own, on which `listeners` listen.
    private static func host(_ listeners: [Listener], _ addresses: [IPAddress]) -> HostReport {
        var report = ReconcileTests.report(listeners)
        report.addresses = addresses.map {
            HostAddress($0, prefixLength: 24, interface: "eth0")
        }
        return report
    }

    @Test func `another program on one of the hosts is another line`() throws {
        let addresses = (0..<3).map { IPAddress.v4(0xc612_0000 + $0) }
        let other = Listener(
            .tcp, .ipv4, addresses[2], 8080, owners: [ProcessIdentity(pid: 9, name: "mallory")],
            inode: 9)
        let whole = reconcile(
            .of(addresses.map { Example.group(8080...8080, .handshake, at: $0) }),
            with: Self.host([Example.listener(8080, "nginx"), other], addresses),
            under: Policy())
        #expect(Set(whole.findings.map(\.explanation)).count == 1)
        let outcome = try Browser.open(
            FindingsReport([FindingsReport.Part(whole)], version: "0.1.0").html(),
            steps: [
                "[...document.querySelectorAll('tr.finding')].map((line) => ['who', 'place']"
                    + ".map((name) => line.querySelector('td.' + name).textContent).join(' '))"
            ])
        #expect(
            outcome.values == [
                "[\"nginx 198.18.0.0:8080/tcpand 1 more host alike\","
                    + "\"mallory 198.18.0.2:8080/tcp\"]"
            ])
    }

    @Test func `hosts with nothing to tell have no map`() throws {
        let groups = (0..<3).map {
            Example.group(80...99, .reset, at: IPAddress.v4(0xc612_0000 + $0))
        }
        let whole = reconcile(.of(groups), with: nil, under: Policy())
        let outcome = try Browser.open(
            FindingsReport([FindingsReport.Part(whole)], version: "0.1.0").html(),
            steps: [
                "document.querySelectorAll('.lane').length",
                "document.getElementById('map-box').hidden",
                "document.getElementById('map-help').hidden",
                "(document.getElementById('map').dispatchEvent(new KeyboardEvent('keydown', "
                    + "{ key: 'ArrowRight' })), \(Self.text(of: "map-readout")))",
            ])
        #expect(outcome.values == ["3", "true", "true", "\"\""])
    }

    @Test func `what was not probed is called predicted`() throws {
        let addresses = (0..<3).map { IPAddress.v4(0xc612_0000 + $0) }
        let policy = Policy([
            Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([22...22, 25...25])))
        ])
        let parts = predict(
            for: Self.host(
                [Example.listener(22, "sshd"), Example.listener(25, "smtp")], addresses),
            under: policy, from: [Vantage(name: "outside", addresses: ["198.51.100.2"])],
            ruleset: try SituationTests.rules(["-A INPUT -p tcp --dport 25 -j DROP"]))
        let outcome = try Browser.open(
            FindingsReport(parts.map { FindingsReport.Part($0) }, version: "0.1.0").html(),
            steps: [
                "[...document.querySelectorAll('.lane')[0].querySelectorAll('svg > text')]"
                    + ".map((name) => name.textContent)",
                "[...document.querySelectorAll('.lane')[0].querySelectorAll('.column')]"
                    + ".map((column) => column.getAttribute('aria-label').split('. ')[0])",
                "document.querySelectorAll('.lane .ask').length",
                Self.text(of: "picture-note"),
                "(document.getElementById('map').focus(), null)", "key:ArrowRight",
                Self.text(of: "map-readout"),
            ])
        #expect(
            outcome.values[0]
                == #"["Declared open","Predicted","Let in by rules","Listening"]"#)
        #expect(
            outcome.values[1]
                == #"["22: declared open, predicted to be reachable, let in by the rules, "#
                + #"listening","25: declared open, predicted to be filtered, dropped by the "#
                + #"rules, listening"]"#)
        #expect(outcome.values[2] == "0")
        #expect(outcome.values[3] == "\"3 hosts, predicted, nothing was probed\"")
        #expect(outcome.values[5].contains("198.18.0.0 22, predicted: C1 Not probed"))
    }

    @Test func `the picture says where the views part, and leads to the findings`() throws {
        let outcome = try Browser.open(
            Self.fleet(4).html(),
            steps: [
                "document.querySelectorAll('.lane').length",
                "[...document.querySelectorAll('.lane')[0].querySelectorAll('.column')]"
                    + ".map((column) => column.dataset.result)",
                "document.querySelector('.column[data-result=fail]').getAttribute('aria-label')",
                "(document.getElementById('map').focus(), null)", "key:ArrowRight",
                "key:ArrowRight",
                "key:ArrowRight", "key:ArrowDown",
                Self.text(of: "map-readout"), "key:Enter", "location.hash",
                Self.count,
            ])
        #expect(outcome.values[0] == "4")
        #expect(outcome.values[1] == "[\"pass\",\"fail\",\"fail\"]")
        #expect(
            outcome.values[2].contains(
                "80: declared open, refused, not known what the rules do, not known whether"))
        #expect(outcome.values[4].contains("198.18.0.1 6379: E1 Reachable, but not declared"))
        #expect(outcome.values[4].contains("6379 fails at 4 hosts"))
        #expect(outcome.values[5] == "\"#host=198.18.0.1&port=6379\"")
        #expect(outcome.values[6] == "\"1 of 16 findings\"")
    }

    @Test func `without scripts there is a summary`() throws {
        var setting = Browser.Setting()
        setting.noscript = true
        let outcome = try Browser.open(
            Self.fleet(4).html(), setting,
            steps: [
                "document.querySelector('noscript table').rows.length",
                "getComputedStyle(document.getElementById('filters')).display",
                "document.querySelector('h1').textContent",
            ])
        #expect(
            outcome.values == [
                "3", "\"none\"", "\"8 endpoints are against what was declared\"",
            ])
    }

    @Test(
        "the contrast of text is that of WCAG AA", arguments: [false, true])
    func contrast(dark: Bool) throws {
        var setting = Browser.Setting()
        setting.dark = dark
        let outcome = try Browser.open(
            Self.fleet(4).html(), setting,
            steps: [
                """
                (() => {
                  const style = getComputedStyle(document.documentElement);
                  const light = (name) => {
                    const text = style.getPropertyValue('--' + name).trim().slice(1);
                    const wide = text.length === 3 ? [...text].map((d) => d + d).join('') : text;
                    const [r, g, b] = [0, 2, 4].map((i) => parseInt(wide.slice(i, i + 2), 16) / 255)
                      .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                  };
                  const ratio = (one, other) => {
                    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
                    return (high + 0.05) / (low + 0.05);
                  };
                  const own = ['fail', 'warn', 'inconclusive', 'info', 'pass'];
                  const pairs = ['ink', 'soft', ...own].flatMap((text) =>
                    ['paper', 'sheet', 'sunk'].map((ground) => [text, ground]))
                    .concat(own.flatMap((name) => [[name, name + '-tint'], ['soft', name + '-tint']]));
                  return pairs.filter(([text, ground]) => !(ratio(text, ground) >= 4.5))
                    .map(([text, ground]) => `${text} on ${ground}: ${ratio(text, ground)}`);
                })()
                """,
                "getComputedStyle(document.body).colorScheme || getComputedStyle(document.documentElement).colorScheme",
            ])
        #expect(outcome.values[0] == "[]")
        #expect(outcome.values[1].contains(dark ? "dark" : "light"))
    }

    @Test("fields and tables can be used without seeing them", arguments: [1280, 390])
    func semantics(width: Int) throws {
        var setting = Browser.Setting()
        setting.width = width
        let outcome = try Browser.open(
            Self.fleet(4).html(), setting,
            steps: [
                "[...document.querySelectorAll('input,select')].filter((field) => !field.labels.length).length",
                "[...document.querySelectorAll('#table tr')].every((row) => row.getAttribute('role') === 'row')",
                "[...document.querySelectorAll('#table tbody td')].every((cell) => cell.getAttribute('role') === 'cell')",
                "[...document.querySelectorAll('#table thead th')].filter((head) => head.getAttribute('role') === 'columnheader').length",
                "document.documentElement.scrollWidth <= innerWidth",
                "document.querySelector('[aria-sort]').textContent",
                "[...document.querySelectorAll('h1,h2,h3')].map((head) => head.tagName)[0]",
            ])
        #expect(outcome.values == ["0", "true", "true", "5", "true", "\"Result\"", "\"H1\""])
    }

    @Test func `paper has no controls`() throws {
        var setting = Browser.Setting()
        setting.media = "print"
        let outcome = try Browser.open(
            Self.fleet(4).html(), setting,
            steps: [
                "['filters', 'theme', 'print', 'map-box'].map((id) => "
                    + "document.getElementById(id).offsetParent === null)",
                "document.querySelectorAll('tr.finding').length > 0",
            ])
        #expect(outcome.values == ["[true,true,true,true]", "true"])
    }

    @Test func `a hundred thousand findings open and filter at once`() throws {
        let page = Self.fleet(25_000).html()
        #expect(page.count < 12_000_000)
        let outcome = try Browser.open(
            page,
            steps: [
                Self.count, "document.querySelectorAll('*').length < 5000",
                "(() => { const start = performance.now(); "
                    + "document.getElementById('f-text').value = 'refused'; readFields(); "
                    + "return performance.now() - start; })()",
                "(() => { const start = performance.now(); "
                    + "document.getElementById('map-box').scrollTop = 200000; drawMap(); "
                    + "return performance.now() - start; })()",
            ])
        #expect(Array(outcome.values[..<2]) == ["\"100,000 findings\"", "true"])
        // On a machine that does nothing else it is a fifth of a second each.
        #expect(outcome.loaded_s < 20)
        #expect((Double(outcome.values[2]) ?? .infinity) < 3_000)
        #expect((Double(outcome.values[3]) ?? .infinity) < 1_000)
    }
}
