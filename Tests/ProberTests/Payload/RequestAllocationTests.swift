// Debug builds allocate for reasons of their own; `scripts/test` runs this in a release build.
#if !DEBUG
    import CAllocations
    import Prober
    import Testing

    /// Its name ends as that of the engine's, so that `scripts/test` runs both.
    @Suite struct RequestAllocationTests {
        @Test func `writing a request and knowing its reply allocate nothing`() {
            let requests = PayloadTable.allRequests
            let examples = ReplyExample.all
            let context = ReplyExample.context()
            var bytes = RequestBytes()
            var written = 0
            var valid = 0
            // The first time fills what is made once.
            for round in 0..<2 {
                let before = allocations_of_this_thread()
                for request in requests {
                    bytes.removeAll()
                    request.write(&bytes, context)
                    written += bytes.count
                }
                for example in examples {
                    let match = unsafe example.request.recognise(
                        example.bytes.span.bytes, context)
                    valid += match == .valid ? 1 : 0
                }
                let allocations = allocations_of_this_thread() - before
                if round == 1 { #expect(allocations == 0) }
            }
            #expect(written > 2 * requests.count)
            #expect(valid == 2 * examples.count)
        }
    }
#endif
