import Prober
import Reconcile

/// A choice that decides how endpoints are asked, as scan files carry it.
///
/// The pace is none: a scan may go on faster or slower than it began.
struct PlanTerm: Sendable {
    /// The name of the flag, without its dashes.
    let name: String
    /// What a plan has chosen, as the flag is written; nil when it has not.
    let value: @Sendable (ScanPlan) -> String?
    /// Makes the choice in a plan; false when the text is none that the flag takes.
    let choose: @Sendable (inout ScanPlan, String) -> Bool

    /// Every choice, each once.
    static let all = [
        PlanTerm(name: "source") { plan in
            plan.sources.isEmpty
                ? nil : plan.sources.map(\.description).joined(separator: " ")
        } choose: { plan, text in
            let addresses = text.split(separator: " ").map { IPAddress($0) }
            plan.sources = addresses.compactMap(\.self)
            return plan.sources.count == addresses.count
        },
        PlanTerm(name: "interface") {
            $0.interface
        } choose: { plan, text in
            plan.interface = text
            return (1...15).contains(text.utf8.count)
        },
        PlanTerm(name: "retries") {
            $0.retries.map { "\($0)" }
        } choose: { plan, text in
            plan.retries = Int(text)
            return plan.retries.map { (0...20).contains($0) } ?? false
        },
        PlanTerm(name: "confidence") {
            "\($0.confidence)"
        } choose: { plan, text in
            guard let confidence = Double(text), ScanPlan.confidences.contains(confidence) else {
                return false
            }
            plan.confidence = confidence
            return true
        },
        PlanTerm(name: "timeout") {
            $0.timeout.map(milliseconds)
        } choose: { plan, text in
            plan.timeout = AttemptTime.duration(text)
            return plan.timeout != nil
        },
        PlanTerm(name: "talk") {
            $0.talks ? "yes" : nil
        } choose: { plan, text in
            plan.talks = text == "yes"
            return plan.talks
        },
        PlanTerm(name: "udp-budget") { plan in
            plan.space.ports.udp.isEmpty ? nil : milliseconds(plan.datagrams.budget)
        } choose: { plan, text in
            guard let budget = text == "0ms" ? .zero : AttemptTime.duration(text) else {
                return false
            }
            plan.datagrams.budget = budget
            return true
        },
        PlanTerm(name: "udp-effort") { plan in
            plan.space.ports.udp.isEmpty ? nil : "\(plan.datagrams.effort.rawValue)"
        } choose: { plan, text in
            guard let effort = Int(text).flatMap(DatagramOptions.Effort.init) else { return false }
            plan.datagrams.effort = effort
            return true
        },
        PlanTerm(name: "include-ot") { plan in
            plan.space.ports.udp.isEmpty
                ? nil : plan.datagrams.includesIndustrial ? "yes" : "no"
        } choose: { plan, text in
            plan.datagrams.includesIndustrial = text == "yes"
            return ["yes", "no"].contains(text)
        },
    ]

    private static func milliseconds(_ duration: Duration) -> String {
        "\(duration.wholeMicroseconds / 1000)ms"
    }
}

extension ScanPlan {
    /// The choices of the plan, by the name of their flag.
    var terms: [String: String] {
        var terms: [String: String] = [:]
        for term in PlanTerm.all { terms[term.name] = term.value(self) }
        return terms
    }

    /// Makes the choices that the scan file `source` has.
    mutating func choose(_ terms: [String: String], source: String) throws(InputError) {
        for (name, value) in terms.sorted(by: { $0.key < $1.key }) {
            guard let term = PlanTerm.all.first(where: { $0.name == name }),
                term.choose(&self, value)
            else {
                throw InputError(
                    source, line: 1,
                    problem: "this version does not know how to ask with --\(name) \(value)",
                    remedy: "Go on with the version that began the scan.")
            }
        }
    }
}
