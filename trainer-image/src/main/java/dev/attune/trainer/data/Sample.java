package dev.attune.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.trainer.text.Message;
import java.util.List;

/** A record of a data file. */
public sealed interface Sample {

    /** Where it stands, for messages, as in {@code pvc://data/train.jsonl line 3}. */
    String where();

    /** Running text. */
    record Text(String where, String text) implements Sample {}

    /** A prompt and what the model is to go on with. */
    record Pair(String where, String prompt, String completion) implements Sample {}

    /**
     * A text and what it is.
     *
     * @param textPair a second text that belongs to it; {@code null}: there is none
     * @param label as the record has it: a string, a number, or a list of them
     */
    record Labelled(String where, String text, String textPair, JsonNode label) implements Sample {}

    /**
     * A question and its answers in a context.
     *
     * @param answers all that are right; empty: the context has none
     */
    record Question(String where, String context, String question, List<Answer> answers) implements Sample {

        /** A part of the context; {@code start} counts characters (UTF-16 units) from 0. */
        public record Answer(String text, int start) {}
    }

    /** A chat, of at least one message. */
    record Chat(String where, List<Message> messages) implements Sample {}
}
