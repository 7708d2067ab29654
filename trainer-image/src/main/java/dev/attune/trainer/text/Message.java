package dev.attune.trainer.text;

/** One turn of a chat; {@code role} is system, user, assistant or what else the model's chat template knows. */
public record Message(String role, String content) {

    /** Whether the model says this. */
    public boolean isAnswer() {
        return role.equals("assistant");
    }
}
