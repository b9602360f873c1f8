# Clients of our API with the stubs that stock generators make, in C++ and Java: all stubs are compiled.
OUT ?= ../../../.cache/stub-clients
PROTOS := ../../../Protos
FILES := $(sort $(wildcard $(PROTOS)/cairn/v1/*.proto $(PROTOS)/google/rpc/*.proto))
NAMES := $(FILES:$(PROTOS)/%.proto=%)
PROTOC := protoc --proto_path=$(PROTOS) --proto_path=/usr/include

# The stubs in C++ are those of the examples.
CPP := $(OUT)/cpp
CXXFLAGS := -O0 -std=c++17 -I$(CPP) $(shell pkg-config --cflags grpc++ protobuf)

JAVA := $(OUT)/java
JARS := protobuf guava geronimo-annotation-1.3-spec \
  $(addprefix grpc-,api context core netty protobuf protobuf-lite stub) perfmark-api \
  $(addprefix netty-,buffer codec codec-http codec-http2 common handler resolver transport)
empty :=
CLASSPATH := $(subst $(empty) $(empty),:,$(foreach jar,$(JARS),/usr/share/java/$(jar).jar))

.PHONY: all
all: $(OUT)/stubs $(OUT)/stubs-client
.SECONDARY:

.PHONY: stubs-in-cpp
stubs-in-cpp:
	$(MAKE) --directory=../../../Examples/cpp OUT=$(abspath $(CPP)) $(abspath $(CPP))/libcairn.a
$(CPP)/libcairn.a: stubs-in-cpp ;
$(OUT)/stubs: stubs.cc $(CPP)/libcairn.a
	g++ $(CXXFLAGS) -o $@ $< $(CPP)/libcairn.a $(shell pkg-config --libs grpc++ protobuf)

# A program that starts the client.
$(OUT)/stubs-client: StubsClient.java stubs.mk $(FILES)
	rm -rf $(JAVA) && mkdir -p $(JAVA)/classes
	$(PROTOC) --java_out=$(JAVA) --grpc_out=$(JAVA) --plugin=protoc-gen-grpc=$(shell command -v grpc_java_plugin) $(FILES)
	javac -nowarn -d $(JAVA)/classes -classpath $(CLASSPATH) StubsClient.java $$(find $(JAVA) -name '*.java')
	printf '#!/bin/sh\nexec java -classpath %s StubsClient "$$@"\n' $(abspath $(JAVA)/classes):$(CLASSPATH) > $@
	chmod +x $@
