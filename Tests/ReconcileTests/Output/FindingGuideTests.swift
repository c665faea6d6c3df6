import Testing

@testable import Reconcile

@Suite struct FindingGuideTests {
    @Test("the page says what each code means", arguments: FindingCode.allCases)
    func section(of code: FindingCode) throws {
        let section = try #require(FindingGuide.own[code])
        #expect(section.meaning.count > 20)
        #expect(section.text.contains(section.meaning.prefix(20)))
        #expect(!section.text.contains("]("))
        #expect(!section.meaning.contains("**"))
    }

    @Test func `a section ends at the next heading`() throws {
        let guide = FindingGuide(
            reading: """
                # Findings
                ### E1 unexpected-exposure
                Reachable,
                and [nobody](a.md#b) declared it.

                **Do:** this.
                ## More
                no part of it
                ### C1 exposed-as-modelled
                Fine.
                """)
        let section = try #require(guide[.e1])
        #expect(section.meaning == "Reachable, and nobody declared it.")
        #expect(section.text == "Reachable,\nand nobody declared it.\n\n**Do:** this.")
        #expect(guide[.c1]?.text == "Fine.")
        #expect(guide[.u1] == nil)
    }

    @Test func `a comment in a block of code is no heading`() throws {
        let guide = FindingGuide(
            reading: """
                ### E1 unexpected-exposure
                Reachable.
                  ```
                # prober scan
                ### C1 no-heading
                  ```
                **Do:** this.
                ### C1 exposed-as-modelled
                Fine.
                """)
        #expect(guide[.e1]?.text.hasSuffix("### C1 no-heading\n  ```\n**Do:** this.") == true)
        #expect(guide[.c1]?.text == "Fine.")
    }
}
