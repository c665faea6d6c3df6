extension Receipt {
    /// What a receipt tells of each of its probes, wherever they went.
    public struct Account: Hashable, Sendable {
        /// What became of the probes.
        public var fate: Fate
        /// What the host sent back to them, where that was watched; nil where it was not.
        public var answer: Answer?
        /// What shows it.
        public var proofs: [Proof]

        /// An account of the given parts.
        public init(_ fate: Fate, answer: Answer? = nil, proofs: [Proof] = []) {
            self.fate = fate
            self.answer = answer
            self.proofs = proofs
        }
    }

    /// What it tells, without the place.
    public var account: Account { Account(fate, answer: answer, proofs: proofs) }
}
