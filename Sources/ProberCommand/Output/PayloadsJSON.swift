import FoundationEssentials
import Prober

/// The table of UDP requests for programs, as `docs/file-formats.md` describes it.
struct PayloadsJSON: Codable {
    var type = "payloads"
    var format = 1
    var entries: [Entry]

    /// The table of `entries`.
    init(_ entries: [PayloadTable.Entry]) {
        self.entries = entries.map { Entry($0) }
    }

    /// One line of JSON, keys in alphabetical order, with a line feed at its end.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts, whole numbers and truth values: encoding cannot fail.
        return Array((try? encoder.encode(self)) ?? Data()) + [UInt8(ascii: "\n")]
    }

    /// An entry of the table.
    struct Entry: Codable {
        var service: String
        var ports: [UInt16]
        var isIndustrial: Bool
        var requests: [Request]
        var silence: String?

        init(_ entry: PayloadTable.Entry) {
            service = entry.service.rawValue
            ports = entry.ports
            isIndustrial = entry.isIndustrial
            requests = entry.requests.map { Request($0) }
            silence = entry.silence
        }
    }

    /// A request of an entry.
    struct Request: Codable {
        var question: String
        var specification: String
        var proof: String
        var traits: [Trait]

        init(_ request: DatagramRequest) {
            question = request.question
            specification = request.specification
            proof = request.proof
            traits = PayloadsJSON.names(request.traits)
        }
    }

    /// The traits of requests by name.
    enum Trait: String, Codable, CaseIterable {
        case amplifies
        case movesPort = "moves-port"
        case industrial
        case leavesState = "leaves-state"
        case fromClientPort = "from-client-port"

        fileprivate var trait: DatagramRequest.Traits {
            switch self {
            case .amplifies: .amplifies
            case .movesPort: .movesPort
            case .industrial: .isIndustrial
            case .leavesState: .leavesState
            case .fromClientPort: .fromClientPort
            }
        }
    }

    /// The names of `traits`.
    static func names(_ traits: DatagramRequest.Traits) -> [Trait] {
        Trait.allCases.filter { traits.contains($0.trait) }
    }
}
