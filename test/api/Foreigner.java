import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A client that knows an AsyncAPI document and Apache Kafka's own library, and nothing of Waybill: sends the example of an operation under a
 * new id and key, waits for the event that answers it, and prints that: type, key, data.
 */
public final class Foreigner {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final JsonNode document;
  private final JsonNode operation;

  private Foreigner(JsonNode document, String operationId) {
    this.document = document;
    this.operation = document.path("operations").path(operationId);
  }

  public static void main(String[] arguments) throws Exception {
    JsonNode document = new ObjectMapper().readTree(Path.of(arguments[1]).toFile());
    new Foreigner(document, arguments[2]).ask(arguments[0]);
  }

  private void ask(String brokers) {
    JsonNode message = message(operation.path("messages").get(0));
    JsonNode example = message.path("examples").get(0);
    String id = UUID.randomUUID().toString();
    ObjectNode payload = example.path("payload").deepCopy();
    String key = "java-" + id;
    payload.put(message.path("x-key").asText().substring(1), key);

    try (var producer = new KafkaProducer<>(Map.<String, Object>of("bootstrap.servers", brokers), new StringSerializer(), new StringSerializer())) {
      var record = new ProducerRecord<>(address(operation), key, payload.toString());
      example.path("headers").fields().forEachRemaining(header -> put(record.headers(), header.getKey(), header.getValue().asText()));
      put(record.headers(), "ce_id", id);
      put(record.headers(), "ce_source", "/java");
      put(record.headers(), "ce_subject", key);
      producer.send(record);
    }
    ConsumerRecord<String, String> answer = awaitAnswer(brokers, id);
    System.out.println(header(answer, "ce_type") + "\t" + answer.key() + "\t" + answer.value());
  }

  private ConsumerRecord<String, String> awaitAnswer(String brokers, String id) {
    JsonNode reply = operation.path("reply");
    Set<String> types = new HashSet<>();
    String correlation = "";
    for (JsonNode reference : reply.path("messages")) {
      JsonNode message = message(reference);
      types.add(message.path("name").asText());
      correlation = message.path("correlationId").path("location").asText().replace("$message.header#/", "");
    }
    Map<String, Object> settings =
        Map.of("bootstrap.servers", brokers, "group.id", "java-" + id, "auto.offset.reset", "earliest", "enable.auto.commit", "false");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(address(reply)));
      for (long end = System.nanoTime() + DEADLINE.toNanos(); System.nanoTime() < end; ) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
          if (types.contains(header(record, "ce_type")) && id.equals(header(record, correlation))) return record;
        }
      }
    }
    throw new IllegalStateException("Nobody has answered " + id);
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private String address(JsonNode ofChannel) {
    return resolve(ofChannel.path("channel")).path("address").asText();
  }

  private JsonNode message(JsonNode ofChannel) {
    return resolve(resolve(ofChannel));
  }

  /** What a reference is to: a JSON pointer into the document. */
  private JsonNode resolve(JsonNode reference) {
    return document.at(reference.path("$ref").asText().substring(1));
  }
}
