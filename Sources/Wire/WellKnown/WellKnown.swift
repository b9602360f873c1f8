/// The messages of `google/protobuf/*.proto` that every protobuf runtime knows, with their special
/// JSON forms. Generated code refers to them here.
package enum WellKnown {}
