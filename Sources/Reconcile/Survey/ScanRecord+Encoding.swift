import Prober

extension ScanRecord {
    /// Adds the record to `bytes` as one line of JSON, its line feed included.
    ///
    /// Written by hand because a scan may have a million lines; every text goes through
    /// ``JSONLine/text(_:_:)``, so nothing in it can end the line or the value.
    public func write(to bytes: inout [UInt8]) {
        var line = JSONLine()
        switch self {
        case .scan(let header):
            line.text("type", "scan")
            line.number("format", Self.format)
            line.text("id", header.id)
            line.text("started", header.started)
            line.object("vantage") { vantage in
                vantage.text("name", header.vantage.name)
                vantage.texts("addresses", header.vantage.addresses.map(\.description))
            }
            line.number("seed", header.seed)
            line.object("plan") { plan in
                plan.texts("targets", header.plan.targets.map(\.description))
                plan.text("ports", header.plan.ports.description)
                plan.text("method", header.plan.method)
                if let shard = header.plan.shard { plan.text("shard", shard) }
                plan.number("requested", header.plan.requested)
                if let terms = header.plan.terms { plan.members("terms", terms) }
            }
            if let traces = header.traces {
                line.object("traces") { object in
                    if let boot = traces.boot { object.text("boot", boot) }
                    if let ports = traces.tcpSources {
                        object.text("tcp_sources", ports.description)
                    }
                }
            }
        case .result(let endpoint, let evidence, let attempts, let roundTrip, let time):
            line.text("type", "result")
            line.text("address", endpoint.address.description)
            line.text("transport", endpoint.transport.rawValue)
            line.number("port", endpoint.port)
            let state = PortState(
                explaining: evidence, over: endpoint.transport, at: endpoint.address)
            line.text("state", state.rawValue)
            line.evidence(evidence)
            line.number("attempts", attempts)
            if let roundTrip { line.number("rtt_us", roundTrip.wholeMicroseconds) }
            if let time { line.text("time", time) }
        case .group(let group):
            line.text("type", "group")
            line.text("address", group.address.description)
            line.text("transport", group.transport.rawValue)
            line.text("ports", group.ports.description)
            line.number("count", group.ports.count)
            line.text("state", group.state.rawValue)
            line.evidence(group.evidence)
            line.number("attempts", group.attempts)
            if let roundTrip = group.roundTrip {
                line.number("rtt_us", roundTrip.wholeMicroseconds)
            }
        case .path(let facts):
            line.text("type", "path")
            line.text("first", facts.first.description)
            line.text("last", facts.last.description)
            line.number("hosts", facts.hosts)
            line.number("answered", facts.answered)
            line.number("silent", facts.silent)
            line.number("lost", facts.lost)
            if let time = facts.roundTrip { line.number("rtt_us", time.wholeMicroseconds) }
            if let confidence = facts.confidence { line.share("confidence", confidence) }
        case .decoys(let facts):
            line.text("type", "decoys")
            line.text("address", facts.address.description)
            line.text("ports", facts.ports.description)
            line.number("open", facts.open)
        case .wire(let group): line.wire(group)
        case .capture(let facts): line.capture(facts)
        case .end(let ending):
            line.text("type", "end")
            line.flag("complete", ending.isComplete)
            line.object("totals") { totals in
                totals.number("requested", ending.totals.requested)
                for state in PortState.allCases {
                    totals.number(state.rawValue, ending.totals[state])
                }
            }
            line.object("not_tested") { reasons in
                for reason in LocalFailureReason.allCases {
                    if let count = ending.notTested[reason] {
                        reasons.number(reason.rawValue, count)
                    }
                }
            }
            line.number("probes", ending.probeCount)
            if let facts = ending.datagrams {
                line.object("datagrams") { object in
                    object.number("controls", facts.controls)
                    object.number("controls_answered", facts.controlsAnswered)
                    object.number("resent", facts.resent)
                    object.number("unexpected", facts.unexpected)
                    object.number("wrong_token", facts.wrongToken)
                    object.number("kernel_drops", facts.kernelDrops)
                    if !facts.sourcePorts.isEmpty {
                        object.text("source_ports", facts.sourcePorts.description)
                    }
                }
            }
            line.seconds("elapsed_s", ending.elapsed)
            if let ended = ending.ended { line.text("ended", ended) }
        }
        line.finish(into: &bytes)
    }
}

extension JSONLine {
    fileprivate mutating func evidence(_ evidence: Evidence) {
        object("evidence") { value in
            switch evidence {
            case .handshake: value.text("kind", "handshake")
            case .exchange(let exchange):
                value.text("kind", "handshake")
                value.text("talk", exchange.rawValue)
            case .reset: value.text("kind", "reset")
            case .reply(let service):
                value.text("kind", "reply")
                if let service { value.text("service", service.rawValue) }
            case .silence: value.text("kind", "silence")
            case .unanswered(let silence):
                value.text("kind", "silence")
                if let reason = silence.reason { value.text("reason", reason.rawValue) }
                value.text("controls", silence.controls.rawValue)
            case .icmp(let error, let reporter):
                value.text("kind", "icmp")
                value.icmp(error)
                value.text("reporter", reporter.description)
            case .localFailure(let failure):
                value.text("kind", "local-failure")
                value.text("reason", LocalFailureReason(failure).rawValue)
                switch failure {
                case .system(let call, let error):
                    value.text("call", call.rawValue)
                    value.text("errno", error.symbol)
                case .rejectedHere(let error): value.icmp(error)
                case .selfConnect, .interrupted: break
                }
            }
        }
    }

    private mutating func icmp(_ error: ICMPError) {
        number("icmp_type", error.type)
        number("icmp_code", error.code)
    }
}
