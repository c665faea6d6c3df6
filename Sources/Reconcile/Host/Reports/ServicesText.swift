/// `/etc/services` of the host, in a report about it.
struct ServicesText: TableReader {
    let format = ReportFormat.services

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard line.count >= 2, !line[0].contains("/"), !line[0].hasPrefix("#"),
            line[0].first?.isLetter ?? false || line[0].first?.isNumber ?? false,
            let (port, transport) = ServiceEntries.port(line[1][...])
        else { return false }
        section.countRow()
        guard section.rowCount < 100_000 else { return true }
        section.services.add(line[0], port, transport)
        for index in 2..<max(2, line.count) {
            let word = line[index]
            if word.hasPrefix("#") { break }
            if ServiceEntries.isName(word[...]) { section.services.add(word, port, transport) }
        }
        return true
    }
}
