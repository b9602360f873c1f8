import dev.cairn.v1.Context;
import dev.cairn.v1.ContextServiceGrpc;
import dev.cairn.v1.CreateContextRequest;
import dev.cairn.v1.CreateTemplateRequest;
import dev.cairn.v1.ListRelationshipsRequest;
import dev.cairn.v1.RelateContextsRequest;
import dev.cairn.v1.Relationship;
import dev.cairn.v1.RelationshipKind;
import dev.cairn.v1.RelationshipServiceGrpc;
import dev.cairn.v1.Template;
import dev.cairn.v1.TemplateServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;

/** What a Java program writes to relate two contexts, with stubs from stock generators: StubsClient HOST PORT PROJECT. */
final class StubsClient {
  public static void main(String[] arguments) throws InterruptedException {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("cairn-project", Metadata.ASCII_STRING_MARSHALLER), arguments[2]);
    ManagedChannel channel = NettyChannelBuilder.forAddress(arguments[0], Integer.parseInt(arguments[1])).usePlaintext()
        .intercept(MetadataUtils.newAttachHeadersInterceptor(metadata)).build();
    ContextServiceGrpc.ContextServiceBlockingStub contexts =
        ContextServiceGrpc.newBlockingStub(channel).withDeadlineAfter(120, TimeUnit.SECONDS);
    RelationshipServiceGrpc.RelationshipServiceBlockingStub relationships =
        RelationshipServiceGrpc.newBlockingStub(channel).withDeadlineAfter(120, TimeUnit.SECONDS);
    TemplateServiceGrpc.TemplateServiceBlockingStub templates =
        TemplateServiceGrpc.newBlockingStub(channel).withDeadlineAfter(120, TimeUnit.SECONDS);

    for (String id : new String[] {"a", "b"}) {
      contexts.createContext(
          CreateContextRequest.newBuilder().setContext(Context.newBuilder().setId(id).setTitle(id)).build());
    }
    relationships.relateContexts(RelateContextsRequest.newBuilder().setAtomic(true).addRelationships(
        Relationship.newBuilder().setSource("a").setTarget("b")
            .setKind(RelationshipKind.RELATIONSHIP_KIND_FOLLOWS)).build());
    templates.createTemplate(CreateTemplateRequest.newBuilder().setDefinition(
        Template.newBuilder().setId("letter").setTitle("Letter").setContextTitle("To you")).build());
    for (Relationship found : relationships.listRelationships(
        ListRelationshipsRequest.getDefaultInstance()).getRelationshipsList()) {
      System.out.println(found.getSource() + " " + found.getKind() + " " + found.getTarget());
    }
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }
}
