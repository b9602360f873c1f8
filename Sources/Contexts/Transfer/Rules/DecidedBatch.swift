import Wire

/// What a batch of an import comes to, given the ids that are taken.
struct DecidedBatch {
  private(set) var new: [NamedDraft] = []
  private(set) var overwritten: [NamedDraft] = []
  /// How many records were stored, kept or refused, and what is unfinished now.
  private(set) var counts: ImportProgress

  /// - Parameters:
  ///   - taken: The ids that are there, with the numbers of their versions.
  ///   - unfinished: Those that this import has stored as a former version says.
  init(
    _ batch: ImportBatch, taken: [TextKey: Int64], _ mode: ContextImport.Mode, unfinished: Set<TextKey>
  ) {
    counts = ImportProgress(of: batch, unfinished: unfinished)
    for item in batch.contexts {
      let isTaken = taken[item.id] != nil
      // What the import itself has begun it goes on with, whatever the mode.
      let isBegun = isTaken && unfinished.contains(item.id)
      if batch.former.contains(item.id) {
        addFormer(item, isTaken: isTaken, isBegun: isBegun)
      } else {
        add(item, isTaken: isTaken, isBegun: isBegun, mode: mode)
      }
    }
  }

  private mutating func addFormer(_ item: NamedDraft, isTaken: Bool, isBegun: Bool) {
    if isTaken, !isBegun {
      counts.skipped += 1
      return
    }
    if isTaken { overwritten.append(item) } else { new.append(item) }
    counts.unfinished.insert(TextKey(item.id))
    counts.versions += 1
  }

  private mutating func add(
    _ item: NamedDraft, isTaken: Bool, isBegun: Bool, mode: ContextImport.Mode
  ) {
    counts.unfinished.remove(TextKey(item.id))
    // Without a history that comes along, versions are counted from here on.
    let plain = NamedDraft(id: item.id, draft: item.draft)
    if !isTaken {
      new.append(plain)
      counts.stored += 1
    } else if isBegun {
      overwritten.append(item)
      counts.stored += 1
    } else if mode == .overwrite {
      overwritten.append(plain)
      counts.overwritten += 1
    } else {
      counts.skipped += 1
    }
  }
}
