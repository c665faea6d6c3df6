import Prober

extension LearnedPolicy {
    /// What a file of the policy is to say beside it.
    public struct Heading: Hashable, Sendable {
        /// The name of the target, or of the first of several.
        public var name: String
        /// What it was learned from, a sentence each.
        public var origins: [String]
        /// The day it was learned on.
        public var day: CalendarDay
        /// How a check asks the host; nil leaves that to be filled in.
        public var access: Access?
        /// Whether it declares who holds the ports, too.
        public var declaresHolders: Bool

        /// How a check asks the host.
        public enum Access: Hashable, Sendable {
            /// The host is this machine, seen from where probes come from.
            case live(ProbeSettings.VantageKind)
        }

        /// A heading of the given parts.
        public init(
            name: String, origins: [String], day: CalendarDay, access: Access? = nil,
            declaresHolders: Bool = false
        ) {
            self.name = name
            self.origins = origins
            self.day = day
            self.access = access
            self.declaresHolders = declaresHolders
        }
    }
}
