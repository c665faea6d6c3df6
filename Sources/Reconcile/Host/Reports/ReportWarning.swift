/// What tools and people write between the rows of a table.
enum ReportWarning {
    /// What `text` says could not be seen; nil when it is no known warning.
    static func gap(_ text: String) -> CoverageGap? {
        for (beginning, subject, reason) in known where text.hasPrefix(beginning) {
            return CoverageGap(subject, reason: reason)
        }
        return nil
    }

    /// Whether `text` stands for lines that were left out.
    static func isFiller(_ text: String) -> Bool {
        text == "--" || text == "~"
            || text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ") }
            || ["[...]", "(...)", "<...>", "[snip]", "<snip>", "…", "[…]"].contains(text)
    }

    /// The name of another table of netstat; nil for everything else.
    static func otherTable(_ text: String) -> String? {
        for (beginning, name) in [
            ("Kernel IP routing table", "a routing table"), ("Routing tables", "a routing table"),
            ("Routing Table", "a routing table"), ("IPv4 Route Table", "a routing table"),
            ("Kernel Interface table", "a table of interfaces"), ("Tcp:", "a table of counters"),
            ("IpExt:", "a table of counters"), ("Interface Statistics", "a table of counters"),
        ] where text.hasPrefix(beginning) {
            return name
        }
        return nil
    }

    private static let known: [(String, CoverageGap.Subject, String)] = [
        (
            "(Not all processes could be identified", .owners,
            "netstat was not run as root, and shows only its user's processes"
        ),
        (
            "(No info could be read for \"-p\"", .owners,
            "netstat was not run as root, and shows only its user's processes"
        ),
        (
            "Output information may be incomplete", .listeners,
            "lsof warns that its output may be incomplete"
        ),
        ("lsof: WARNING", .listeners, "lsof warns that its output may be incomplete"),
        ("warning, got bogus", .listeners, "netstat passed over a line that it could not read"),
        ("getnameinfo failed", .listeners, "netstat passed over a line that it could not read"),
        (
            "Can not obtain ownership information", .owners,
            "netstat was not run as administrator, and does not show every owner"
        ),
    ]
}
