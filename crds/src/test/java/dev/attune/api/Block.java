package dev.attune.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An object of Attune's own that has fields, as the definition says it and as a record declares it.
 *
 * @param path for example {@code spec.data.train[]}
 */
record Block(String path, String description, JsonNode schema, Class<?> type) {

    /** A field of a block, in the order in which the record declares them. */
    record Field(String path, String name, JsonNode schema, Type type) {

        /** The block that it holds, one or a list of them; empty if it holds something plain. */
        Optional<Block> block() {
            var isList = schema.has("items");
            var inner = isList && type instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : type;
            return inner instanceof Class<?> record
                            && record.isRecord()
                            && record.getRecordComponents().length > 0
                            && !schema.path("x-kubernetes-int-or-string").asBoolean()
                    ? Optional.of(new Block(
                            isList ? path + "[]" : path,
                            schema.path("description").asText(),
                            isList ? schema.path("items") : schema,
                            record))
                    : Optional.empty();
        }
    }

    Stream<Field> fields() {
        return Stream.of(type.getRecordComponents()).map(this::field);
    }

    private Field field(RecordComponent component) {
        var name = component.getName();
        return new Field(path + "." + name, name, schema.path("properties").path(name), component.getGenericType());
    }

    /** This block and all within it, outer ones first. */
    Stream<Block> all() {
        return Stream.concat(
                Stream.of(this),
                fields().flatMap(field -> field.block().stream()).flatMap(Block::all));
    }
}
