import GRPC
import Postgres

/// The columns of a page that ends early where it outgrows a bound in bytes: those of an item, and `total`, how many items
/// there would be without the bound.
package struct ListedColumns<Item: ColumnLayout>: ColumnLayout {
  fileprivate let item: Item
  fileprivate let total: Column<Int>

  package init(_ find: inout ColumnFinder) {
    item = Item(&find)
    total = find("total")
  }
}

extension Results {
  /// The items of a page, and whether another page follows. One row more than `size` was asked for.
  package func page<Item: ColumnLayout, Value>(
    of size: Int, decode: (Row, Item) throws(PostgresError) -> Value
  ) throws(PostgresError) -> (page: [Value], hasMore: Bool) where Columns == ListedColumns<Item> {
    var page: [Value] = []
    var total = 0
    for row in rows.prefix(size) {
      page.append(try decode(row, columns.item))
      total = try row.decode(columns.total)
    }
    return (page, page.count < total)
  }
}

/// The columns of resources as changes left them, no more of them than are not too much to hold at once: those of a resource,
/// the `place` of the change, from 0, and `is_whole`, false where the bound was passed.
package struct ImageColumns<Image: ColumnLayout>: ColumnLayout {
  fileprivate let image: Image
  fileprivate let place: Column<Int>
  fileprivate let isWhole: Column<Bool>

  package init(_ find: inout ColumnFinder) {
    image = Image(&find)
    place = find("place")
    isWhole = find("is_whole")
  }
}

extension Results {
  /// What was found for the first of `count` changes.
  package func found<Image: ColumnLayout, Resource>(
    for count: Int, decode: (Row, Image) throws(PostgresError) -> Resource
  ) throws(PostgresError) -> ChangedResources<Resource>.Found where Columns == ImageColumns<Image> {
    var byPlace: [Int: Resource] = [:]
    for row in rows {
      let place = try row.decode(columns.place)
      guard try row.decode(columns.isWhole) else { return .init(count: place, byPlace: byPlace) }
      byPlace[place] = try decode(row, columns.image)
    }
    return .init(count: count, byPlace: byPlace)
  }
}
