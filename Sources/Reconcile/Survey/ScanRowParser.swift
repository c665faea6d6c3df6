import Prober

/// Reads the rows of a scan file, a million of them perhaps, in the very form that they are written.
///
/// One pass over the bytes of a row, without anything made on the heap for the usual ones. Whatever is
/// not exactly what ``ScanRecord/write(to:)`` gives a `result` or a `group` (other keys or another
/// order, a space, an escape, a character beyond ASCII, a value out of range, a contradiction) is
/// nil: then the JSON decoder decides, and names every mistake.
struct ScanRowParser {
    /// A row.
    enum Row {
        /// `time` is where the time stands, if it does.
        case result(
            Endpoint, Evidence, attempts: UInt16, roundTrip: Duration?, time: Range<Int>?)
        case group(ObservationGroup)
    }

    private let bytes: [UInt8]
    private let key = Key.words
    /// Where the next byte to be read stands; after a row, what follows it.
    private(set) var position: Int

    /// A parser of the rows of `bytes`.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
    }

    /// The record that the line `bytes` holds; nil when it is no row of the usual form.
    static func record(in bytes: ArraySlice<UInt8>) -> ScanRecord? {
        var parser = ScanRowParser(Array(bytes))
        guard let row = parser.row(at: 0), parser.position == bytes.count else { return nil }
        switch row {
        case .result(let endpoint, let evidence, let attempts, let roundTrip, let time):
            return .result(
                endpoint, evidence, attempts: attempts, roundTrip: roundTrip,
                time: time.map(parser.string))
        case .group(let group): return .group(group)
        }
    }

    /// The row that begins at `start`; nil when there is none of the usual form.
    mutating func row(at start: Int) -> Row? {
        position = start
        if skip(key.result) { return result() }
        return skip(key.group) ? group() : nil
    }

    private mutating func result() -> Row? {
        guard let address = address(), let transport = transport(), skip(key.port),
            let port: UInt16 = number(), let state = state(),
            let evidence = evidence(over: transport, at: address, proving: state),
            let attempts = attempts(of: evidence)
        else { return nil }
        var roundTrip: Duration?
        if skip(key.roundTrip) {
            guard let microseconds: UInt32 = number() else { return nil }
            roundTrip = .microseconds(Int64(microseconds))
        }
        var time: Range<Int>?
        if skip(key.time) {
            guard let text = text() else { return nil }
            time = text
        }
        guard skip(key.end) else { return nil }
        return .result(
            Endpoint(address, transport, port), evidence, attempts: attempts,
            roundTrip: roundTrip, time: time)
    }

    private mutating func group() -> Row? {
        guard let address = address(), let transport = transport(), skip(key.ports),
            let ports = ports(), skip(key.count), let count: Int = number(), count == ports.count,
            let state = state(),
            let evidence = evidence(over: transport, at: address, proving: state),
            let attempts = attempts(of: evidence)
        else { return nil }
        var roundTrip: Duration?
        if skip(key.roundTrip) {
            guard let microseconds: UInt32 = number() else { return nil }
            roundTrip = .microseconds(Int64(microseconds))
        }
        guard skip(key.end) else { return nil }
        return .group(
            ObservationGroup(
                address, transport, ports, evidence, attempts: attempts, roundTrip: roundTrip))
    }
}

extension ScanRowParser {
    private mutating func transport() -> Transport? {
        if skip(key.tcp) { return .tcp }
        return skip(key.udp) ? .udp : nil
    }

    private mutating func state() -> PortState? {
        guard skip(key.state) else { return nil }
        if skip(key.closed) { return .closed }
        if skip(key.filtered) { return .filtered }
        if skip(key.open) { return .open }
        if skip(key.openOrFiltered) { return .openOrFiltered }
        return skip(key.notTested) ? .notTested : nil
    }

    /// The ports up to the closing quote.
    private mutating func ports() -> PortSet? {
        var ranges: [ClosedRange<UInt16>] = []
        repeat {
            guard let low: UInt16 = number() else { return nil }
            var high = low
            if skip(UInt8(ascii: "-")) {
                guard let end: UInt16 = number(), low <= end else { return nil }
                high = end
            }
            ranges.append(low...high)
        } while skip(UInt8(ascii: ","))
        return skip(UInt8(ascii: "\"")) ? PortSet(ranges) : nil
    }

    /// The evidence after the state, which must be the one that it proves.
    private mutating func evidence(
        over transport: Transport, at address: IPAddress, proving state: PortState
    ) -> Evidence? {
        guard skip(key.evidence) else { return nil }
        let evidence: Evidence
        if skip(key.reset) {
            evidence = .reset
        } else if skip(key.silence) {
            guard let silence = silence(at: address) else { return nil }
            evidence = silence
        } else if skip(key.handshake) {
            evidence = .handshake
        } else if skip(key.reply) {
            guard let reply = reply() else { return nil }
            evidence = reply
        } else if skip(key.icmp) {
            guard let error = icmpError(address.family), skip(key.reporter),
                let reporter = self.address()
            else { return nil }
            evidence = .icmp(error, reporter: reporter)
        } else if skip(key.localFailure), let failure = failure(at: address) {
            evidence = failure
        } else {
            return nil
        }
        let isProved = PortState(explaining: evidence, over: transport, at: address) == state
        return skip(key.end) && isProved ? evidence : nil
    }

    /// A silence, with what it is worth where that is said.
    private mutating func silence(at address: IPAddress) -> Evidence? {
        var words = EvidenceText(kind: "silence")
        if skip(key.reason) {
            guard let reason = text() else { return nil }
            words.reason = string(reason)
        }
        if skip(key.controls) {
            guard let controls = text() else { return nil }
            words.controls = string(controls)
        }
        if words.reason == nil && words.controls == nil { return .silence }
        return try? words.evidence(at: address)
    }

    /// A reply; a service that is not known here is left to the decoder.
    private mutating func reply() -> Evidence? {
        guard skip(key.service) else { return .reply(nil) }
        guard let word = text(), let service = DatagramService(rawValue: string(word))
        else { return nil }
        return .reply(service)
    }

    private mutating func icmpError(_ family: IPAddress.Family) -> ICMPError? {
        guard skip(key.icmpType), let type: UInt8 = number(), skip(key.icmpCode),
            let code: UInt8 = number()
        else { return nil }
        return ICMPError(family, type: type, code: code)
    }

    private mutating func failure(at address: IPAddress) -> Evidence? {
        guard skip(key.reason), let reason = text() else { return nil }
        var words = EvidenceText(kind: "local-failure", reason: string(reason))
        if skip(key.call) {
            guard let call = text(), skip(key.errno), let errno = text() else { return nil }
            words.call = string(call)
            words.errno = string(errno)
        } else if let error = icmpError(address.family) {
            words.icmpType = error.type
            words.icmpCode = error.code
        }
        return try? words.evidence(at: address)
    }

    private mutating func attempts(of evidence: Evidence) -> UInt16? {
        guard skip(key.attempts), let attempts: UInt16 = number() else { return nil }
        return attempts > 0 || evidence.needsNoAttempt ? attempts : nil
    }
}

extension ScanRowParser {
    /// Passes the words at `expected` in those of the keys, if they stand here.
    private mutating func skip(_ expected: Range<Int>) -> Bool {
        guard bytes.count - position >= expected.count else { return false }
        var place = position
        for index in expected {
            guard bytes[place] == key.words[index] else { return false }
            place += 1
        }
        position = place
        return true
    }

    /// Passes `byte`, if it stands here.
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// The text up to the closing quote, which is passed; nil for what JSON or we would escape.
    private mutating func text() -> Range<Int>? {
        let start = position
        while position < bytes.count {
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

    /// A whole number without a sign and without leading zeros.
    private mutating func number<Number: FixedWidthInteger>() -> Number? {
        let start = position
        var value: Number = 0
        while position < bytes.count, case let digit = bytes[position] &- 0x30, digit < 10 {
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
            guard octet == 0 || skip(UInt8(ascii: ".")), let value: UInt8 = number() else {
                return nil
            }
            bits = bits << 8 | UInt32(value)
        }
        return skip(UInt8(ascii: "\"")) ? .v4(bits) : nil
    }
}

extension ScanRowParser {
    /// What stands between the values of a row, and the words that most rows have as values.
    ///
    /// All of it is in one array, so that a row is compared with no more than two.
    private struct Key {
        static let words = Key()

        let words: [UInt8]
        let result, group, tcp, udp, port, ports, count, state, evidence, end: Range<Int>
        let open, closed, filtered, openOrFiltered, notTested: Range<Int>
        let handshake, reset, silence, reply, icmp, localFailure: Range<Int>
        let icmpType, icmpCode, reporter, service, controls, reason, call, errno: Range<Int>
        let attempts, roundTrip, time: Range<Int>

        init() {
            var all: [UInt8] = []
            func add(_ text: String) -> Range<Int> {
                let start = all.count
                all += text.utf8
                return start..<all.count
            }
            result = add(#"{"type":"result","address":""#)
            group = add(#"{"type":"group","address":""#)
            tcp = add(#","transport":"tcp""#)
            udp = add(#","transport":"udp""#)
            port = add(#","port":"#)
            ports = add(#","ports":""#)
            count = add(#","count":"#)
            state = add(#","state":""#)
            open = add(#"open""#)
            closed = add(#"closed""#)
            filtered = add(#"filtered""#)
            openOrFiltered = add(#"open|filtered""#)
            notTested = add(#"not-tested""#)
            evidence = add(#","evidence":{"kind":""#)
            handshake = add(#"handshake""#)
            reset = add(#"reset""#)
            silence = add(#"silence""#)
            reply = add(#"reply""#)
            icmp = add(#"icmp""#)
            localFailure = add(#"local-failure""#)
            icmpType = add(#","icmp_type":"#)
            icmpCode = add(#","icmp_code":"#)
            reporter = add(#","reporter":""#)
            service = add(#","service":""#)
            controls = add(#","controls":""#)
            reason = add(#","reason":""#)
            call = add(#","call":""#)
            errno = add(#","errno":""#)
            attempts = add(#","attempts":"#)
            roundTrip = add(#","rtt_us":"#)
            time = add(#","time":""#)
            end = add("}")
            words = all
        }
    }
}
