import CairnAPI
import EventLoop
import Journal

/// `cairn.v1.TransferService`.
package struct TransferService: TransferServiceProvider {
  let journal: Journal
  let store: TransferStore
  let blocking: BlockingPool
}
