/// The message `cairn.v1.Task`, whose name Swift gives to something else.
package typealias CairnTask = Task_
