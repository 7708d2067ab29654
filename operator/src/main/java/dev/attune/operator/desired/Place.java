package dev.attune.operator.desired;

import java.util.regex.Pattern;

/**
 * A URI of a manifest, taken apart.
 *
 * @param scheme pvc, configmap, job or file
 * @param name the claim, ConfigMap or FineTuneJob; empty for file
 * @param rest what follows the name's slash: a path, a key, {@code step-N}, or nothing
 */
public record Place(String scheme, String name, String rest) {

    private static final Pattern URI = Pattern.compile("([a-z]+)://([^/]*)/?(.*)");

    /** @throws IllegalArgumentException where it isn't {@code scheme://name[/rest]} */
    public static Place of(String uri) {
        var parts = URI.matcher(uri);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + uri + "' is no URI: write scheme://name/path");
        }
        return new Place(parts.group(1), parts.group(2), parts.group(3));
    }

    public boolean isClaim() {
        return scheme.equals("pvc");
    }

    public boolean isConfigMap() {
        return scheme.equals("configmap");
    }

    public boolean isJob() {
        return scheme.equals("job");
    }
}
