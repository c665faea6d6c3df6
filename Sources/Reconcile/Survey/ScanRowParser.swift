import Prober

/// Reads the rows of a scan file, a million of them perhaps, in the very form that they are written.
///
/// One pass over the bytes of a line. Whatever is not exactly what ``ScanRecord/write(to:)`` gives a
/// `result` or a `group` (other keys or another order, a space, an escape, a character beyond ASCII,
/// a value out of range, a contradiction) is nil: then the JSON decoder decides, and names every
/// mistake.
struct ScanRowParser {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// The record that the line `bytes` holds; nil when it is no row of the usual form.
    static func record(in bytes: ArraySlice<UInt8>) -> ScanRecord? {
        var parser = ScanRowParser(bytes)
        guard let record = parser.record(), parser.position == bytes.endIndex else { return nil }
        return record
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private mutating func record() -> ScanRecord? {
        if skip(Key.result) { return result() }
        return skip(Key.group) ? group() : nil
    }

    private mutating func result() -> ScanRecord? {
        guard let address = address(), let transport = transport(), skip(Key.port),
            let port: UInt16 = number(), skip(Key.state),
            let evidence = evidence(over: transport, at: address),
            let attempts = attempts(of: evidence)
        else { return nil }
        var roundTrip: Duration?
        if skip(Key.roundTrip) {
            guard let microseconds: UInt32 = number() else { return nil }
            roundTrip = .microseconds(Int64(microseconds))
        }
        var time: String?
        if skip(Key.time) {
            guard let text = text() else { return nil }
            time = string(text)
        }
        guard skip(Key.end) else { return nil }
        return .result(
            Endpoint(address, transport, port), evidence, attempts: attempts,
            roundTrip: roundTrip, time: time)
    }

    private mutating func group() -> ScanRecord? {
        guard let address = address(), let transport = transport(), skip(Key.ports),
            let ports = ports(), skip(Key.count), let count: Int = number(), count == ports.count,
            skip(Key.state), let evidence = evidence(over: transport, at: address),
            let attempts = attempts(of: evidence)
        else { return nil }
        var roundTrip: Duration?
        if skip(Key.roundTrip) {
            guard let microseconds: UInt32 = number() else { return nil }
            roundTrip = .microseconds(Int64(microseconds))
        }
        guard skip(Key.end) else { return nil }
        return .group(
            ObservationGroup(
                address, transport, ports, evidence, attempts: attempts, roundTrip: roundTrip))
    }
}

extension ScanRowParser {
    private mutating func transport() -> Transport? {
        guard skip(Key.transport), let word = text() else { return nil }
        return Transport.allCases.first { spells(word, $0.rawValue) }
    }

    /// The ports up to the closing quote.
    private mutating func ports() -> PortSet? {
        var ranges: [ClosedRange<UInt16>] = []
        repeat {
            guard let low: UInt16 = number() else { return nil }
            var high = low
            if skip(Key.hyphen) {
                guard let end: UInt16 = number(), low <= end else { return nil }
                high = end
            }
            ranges.append(low...high)
        } while skip(Key.comma)
        return skip(Key.quote) ? PortSet(ranges) : nil
    }

    /// The evidence after the state, which must be the one that it proves.
    private mutating func evidence(over transport: Transport, at address: IPAddress) -> Evidence? {
        guard let state = text(), skip(Key.evidence), let kind = text() else { return nil }
        let evidence: Evidence
        if spells(kind, "reset") {
            evidence = .reset
        } else if spells(kind, "silence") {
            guard let silence = silence(at: address) else { return nil }
            evidence = silence
        } else if spells(kind, "reply") {
            guard let reply = reply() else { return nil }
            evidence = reply
        } else if spells(kind, "handshake") {
            evidence = .handshake
        } else if spells(kind, "icmp") {
            guard let error = icmpError(address.family), skip(Key.reporter),
                let reporter = self.address()
            else { return nil }
            evidence = .icmp(error, reporter: reporter)
        } else if spells(kind, "local-failure"), let failure = failure(at: address) {
            evidence = failure
        } else {
            return nil
        }
        let proved = PortState(explaining: evidence, over: transport, at: address)
        return skip(Key.end) && spells(state, proved.rawValue) ? evidence : nil
    }

    /// A silence, with what it is worth where that is said.
    private mutating func silence(at address: IPAddress) -> Evidence? {
        var words = EvidenceText(kind: "silence")
        if skip(Key.reason) {
            guard let reason = text() else { return nil }
            words.reason = string(reason)
        }
        if skip(Key.controls) {
            guard let controls = text() else { return nil }
            words.controls = string(controls)
        }
        return try? words.evidence(at: address)
    }

    /// A reply; a service that is not known here is left to the decoder.
    private mutating func reply() -> Evidence? {
        guard skip(Key.service) else { return .reply(nil) }
        guard let word = text(), let service = DatagramService(rawValue: string(word))
        else { return nil }
        return .reply(service)
    }

    private mutating func icmpError(_ family: IPAddress.Family) -> ICMPError? {
        guard skip(Key.icmpType), let type: UInt8 = number(), skip(Key.icmpCode),
            let code: UInt8 = number()
        else { return nil }
        return ICMPError(family, type: type, code: code)
    }

    private mutating func failure(at address: IPAddress) -> Evidence? {
        guard skip(Key.reason), let reason = text() else { return nil }
        var words = EvidenceText(kind: "local-failure", reason: string(reason))
        if skip(Key.call) {
            guard let call = text(), skip(Key.errno), let errno = text() else { return nil }
            words.call = string(call)
            words.errno = string(errno)
        } else if let error = icmpError(address.family) {
            words.icmpType = error.type
            words.icmpCode = error.code
        }
        return try? words.evidence(at: address)
    }

    private mutating func attempts(of evidence: Evidence) -> UInt16? {
        guard skip(Key.attempts), let attempts: UInt16 = number() else { return nil }
        return attempts > 0 || evidence.needsNoAttempt ? attempts : nil
    }
}

extension ScanRowParser {
    /// Passes `expected`, if it stands here.
    private mutating func skip(_ expected: [UInt8]) -> Bool {
        guard bytes.endIndex - position >= expected.count else { return false }
        for index in expected.indices where bytes[position + index] != expected[index] {
            return false
        }
        position += expected.count
        return true
    }

    /// The text up to the closing quote, which is passed; nil for what JSON or we would escape.
    private mutating func text() -> Range<Int>? {
        let start = position
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return start..<position
            case UInt8(ascii: "\\"), ..<0x20, 0x7f...: return nil
            case _: position += 1
            }
        }
        return nil
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func spells(_ range: Range<Int>, _ word: String) -> Bool {
        bytes[range].elementsEqual(word.utf8)
    }

    /// A whole number without a sign and without leading zeros.
    private mutating func number<Number: FixedWidthInteger>() -> Number? {
        let start = position
        var value: Number = 0
        while position < bytes.endIndex, case let digit = bytes[position] &- 0x30, digit < 10 {
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = tens.addingReportingOverflow(Number(digit))
            guard !isTooLarge, !isOver else { return nil }
            value = sum
            position += 1
        }
        let hasLeadingZero = position - start > 1 && bytes[start] == 0x30
        return position == start || hasLeadingZero ? nil : value
    }

    /// The address up to the closing quote.
    private mutating func address() -> IPAddress? {
        let start = position
        if let address = ipv4() { return address }
        position = start
        return text().flatMap { IPAddress(string($0)) }
    }

    /// Four octets up to the closing quote, as nearly every file has them a million times.
    private mutating func ipv4() -> IPAddress? {
        var bits: UInt32 = 0
        for octet in 0..<4 {
            guard octet == 0 || skip(Key.dot), let value: UInt8 = number() else { return nil }
            bits = bits << 8 | UInt32(value)
        }
        return skip(Key.quote) ? .v4(bits) : nil
    }

    /// What stands between the values of a row.
    private enum Key {
        static let result = Array(#"{"type":"result","address":""#.utf8)
        static let group = Array(#"{"type":"group","address":""#.utf8)
        static let transport = Array(#","transport":""#.utf8)
        static let port = Array(#","port":"#.utf8)
        static let ports = Array(#","ports":""#.utf8)
        static let count = Array(#","count":"#.utf8)
        static let state = Array(#","state":""#.utf8)
        static let evidence = Array(#","evidence":{"kind":""#.utf8)
        static let icmpType = Array(#","icmp_type":"#.utf8)
        static let icmpCode = Array(#","icmp_code":"#.utf8)
        static let reporter = Array(#","reporter":""#.utf8)
        static let service = Array(#","service":""#.utf8)
        static let controls = Array(#","controls":""#.utf8)
        static let reason = Array(#","reason":""#.utf8)
        static let call = Array(#","call":""#.utf8)
        static let errno = Array(#","errno":""#.utf8)
        static let attempts = Array(#","attempts":"#.utf8)
        static let roundTrip = Array(#","rtt_us":"#.utf8)
        static let time = Array(#","time":""#.utf8)
        static let dot = Array(".".utf8)
        static let comma = Array(",".utf8)
        static let hyphen = Array("-".utf8)
        static let quote = Array("\"".utf8)
        static let end = Array("}".utf8)
    }
}
