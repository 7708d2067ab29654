# /// script
# requires-python = ">=3.10"
# dependencies = ["transformers==5.23.0", "jinja2==3.1.6"]
# ///
"""Renders chat templates as transformers does; the trainer's tests compare with what this prints.

    pip install transformers==5.23.0 jinja2==3.1.6
    python tools/chat-templates.py > trainer-image/src/test/resources/dev/attune/trainer/text/chats.jsonl

Each line is a case: name, template, messages, add_generation_prompt, and either text and generated (what the template's
generation blocks gave, as UTF-16 offsets) or error.
"""

import json

from transformers.utils.chat_template_utils import render_jinja_template

SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}

# What the families of models do, written as theirs are.
FAMILIES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content']"
    " + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "chatml-default-system": "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' +"
    " message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "llama2": "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
    "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
    "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate: user, assistant, user') }}{% endif %}"
    "{% if loop.index0 == 0 and system_message != false %}"
    "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
    "{% else %}{% set content = message['content'] %}{% endif %}"
    "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "llama3": "{% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] +"
    " '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}"
    "{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    "llama3.1": """{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The system message is taken out, so that it can be put in the right place. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}

{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
    {{- tools | tojson(indent=4) }}
{%- endif %}
{{- "Cutting Knowledge Date: December 2023\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}

{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {{- message.tool_calls[0].function.arguments | tojson }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    "qwen2.5": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- message.tool_calls | tojson }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "qwen3": """{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system") %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if '</think>' in content %}
            {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    "gemma": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '
' + message['content'] | trim + '<end_of_turn>
' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model
'}}{% endif %}""",
    "mistral": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
        {{- raise_exception("roles must alternate") }}
    {%- endif %}
    {%- set ns.index = ns.index + 1 %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
        {%- if message == user_messages[-1] %}{{- "" }}{%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- endif %}
{%- endfor %}
""",
    "zephyr": """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>
'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}
""",
    "chatml-generation": """{% for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' %}
    {%- generation %}
    {{- message.content + '<|im_end|>' }}
    {%- endgeneration %}
{%- else %}
    {{- message.content + '<|im_end|>' }}
{%- endif %}
{{- '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "macro": """{%- macro turn(role, content='nothing', end='<end>') -%}
    <{{ role | upper }}>{{ content | trim }}{{ end }}
{%- endmacro -%}
{% for message in messages %}{{ turn(message.role, message.content) }}{% if not loop.last %}{{ turn('gap', end="\\n") }}{% endif %}{% endfor %}""",
}

USER, ASSISTANT, SYSTEM = "user", "assistant", "system"
CHATS = {
    "single": [(USER, "Hi there"), (ASSISTANT, "Hello! How can I help?")],
    "system": [(SYSTEM, "Be brief."), (USER, "Who are you?"), (ASSISTANT, "A model.")],
    "turns": [(USER, "One"), (ASSISTANT, "Two"), (USER, "Three"), (ASSISTANT, "Four"), (USER, "Five")],
    "blanks": [(USER, "  \n lead and trail \u00a0\t\n"), (ASSISTANT, "\n\nanswer\u2003\n\x1c")],
    "unicode": [(USER, "caf\u00e9 e\u0301 \U0001f600 \u4f60\u597d"), (ASSISTANT, "\U0001f468\u200d\U0001f469\u200d\U0001f467 ok"), (USER, "\u00df\u0130")],
    "braces": [(USER, "{{ bos_token }} {% if x %} {# c #} ${y}"), (ASSISTANT, "{{ messages }} \"q\" 'a' <b>&amp;</b> \\n \\")],
    "words": [(USER, "false"), (ASSISTANT, "0"), (USER, "none"), (ASSISTANT, "1")],
    "empty": [(USER, ""), (ASSISTANT, "")],
    "lines": [(USER, "a\r\nb\rc"), (ASSISTANT, "d\n\n\ne\n")],
    "thinking": [(USER, "2+2?"), (ASSISTANT, "<think>\nfour\n</think>\n\n4"), (USER, "3+3?"), (ASSISTANT, "<think>six</think>6")],
    "unalternating": [(USER, "a"), (USER, "b"), (ASSISTANT, "c")],
    "assistant first": [(ASSISTANT, "a"), (USER, "b")],
}

# The language, piece by piece; the messages are those of "turns".
PIECES = r"""{{ true }} {{ False }} {{ none }} {{ 1 }} {{ -3 + 1 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 * 3 - 1 }}
{{ nothing }}|{{ nothing | default('d') }}|{{ '' | default('d') }}|{{ '' | default('d', true) }}|{{ '' | d('e', boolean=true) }}|{{ none | default('d') }}
{{ nothing is defined }} {{ tools is defined }} {{ tools is none }} {{ nothing is none }} {{ nothing == none }}
{{ nothing.x }}
{{ nothing + 'x' }}
{{ 'a' + 1 }}
{{ 'a' ~ 1 ~ none ~ true ~ nothing }}
{{ '1' == 1 }} {{ 1 == true }} {{ 'a' == 'a' }} {{ [1, 'a'] == [1, 'a'] }} {{ '' == none }} {{ 'a' == 1 }}
{{ 1 < 2 }} {{ 2 <= 2 }} {{ 3 > 4 }} {{ 4 >= 4 }} {{ not 1 > 2 }} {{ 'a' in 'cat' }} {{ 'x' not in 'cat' }} {{ 'role' in messages[0] }} {{ 2 in [1, 2] }} {{ 'x' in nothing }}
{{ 'yes' if 'false' else 'no' }} {{ 'yes' if '0' else 'no' }} {{ 'yes' if 0 else 'no' }} {{ 'yes' if [] else 'no' }} {{ 'yes' if {} else 'no' }} {{ 'a' if false else 'b' if false else 'c' }}
{{ 'x' or 'y' }} {{ '' or 'y' }} {{ 'x' and 'y' }} {{ '' and 'y' }} {{ not '' and not none }} {{ 1 or 2 and 3 }}
{{ messages | length }} {{ messages[-1].content }} {{ messages[0]['content'][1:] }} {{ messages[1:3] | length }} {{ messages[::-1][0].content }} {{ 'abcdef'[::2] }} {{ 'abcdef'[-2:] }} {{ 'abcdef'[:-2] }} {{ 'abc'[5:] }} {{ 'abcdef'[4:1:-1] }} {{ 'a😀b'[1:] }} {{ 'a😀b' | length }} {{ messages[9] }} {{ 'abc'[1] }} {{ 'abc'[9] }}
{{ messages[0].nothing }}|{{ messages[0]['nothing'] }}|{{ messages[0].get('role') }}|{{ messages[0].get('x') }}|{{ messages[0].get('x', 'y') }}
{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem.role if loop.previtem is defined }}{{ loop.nextitem.role if loop.nextitem is defined }};{% endfor %}
{% for m in messages if m.role == 'assistant' %}{{ loop.index }}{{ m.content }}{% endfor %}
{% for m in [] %}x{% else %}none{% endfor %}{% for m in nothing %}x{% else %}none{% endfor %}
{% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %}{% for k in messages[0] %}{{ k }}{% endfor %}{% for c in 'ab' %}[{{ c }}]{% endfor %}{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(1, 3) %}{{ i }}{% endfor %}
{% for m in messages %}{% if loop.index == 2 %}{% continue %}{% endif %}{% if loop.index == 4 %}{% break %}{% endif %}{{ m.content }}{% endfor %}
{% set x = 1 %}{% for m in messages %}{{ x }}{% set x = x + 1 %}{{ x }};{% endfor %}{{ x }}
{% set ns = namespace(x=1, y='a') %}{% for m in messages %}{% set ns.x = ns.x + 1 %}{% endfor %}{{ ns.x }}{{ ns.y }}{{ ns.z }}
{% if true %}{% set x = 'in if' %}{% endif %}{{ x }}{% for a in [1, 2] %}{% for b in [3, 4] %}{{ a }}{{ b }}{{ loop.index }} {% endfor %}{{ loop.index }}{% endfor %}{{ a }}
{% set x %}captured {{ messages[0].content }}{% endset %}[{{ x }}]
{{ 'a\\nb' }}|{{ "a\\tb" }}|{{ 'it\\'s' }}|{{ '\\\\n' }}|{{ '\\u00e9\\x41\\U0001f600' }}|{{ '\\d' }}|{{ 'a' 'b' "c" }}
{{ 'a' + ' b ' | trim + 'c' }} {{ ' a ' | trim | upper }} {{ 'xxaxx' | trim('x') }} {{ 'aXbX' | replace('X', '-') }} {{ ['a', 1] | join(', ') }} {{ ['a', 'b'] | first }}{{ ['a', 'b'] | last }} {{ 'ABC' | lower }} {{ 5 | string + '!' }}
{{ ' x '.strip() }}|{{ ' x '.lstrip() }}|{{ ' x '.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'a,b,,c'.split(',') | join('|') }}|{{ ' a  b '.split() | join('|') }}|{{ 'a b c'.split(' ', 1) | join('|') }}|{{ ' a  b  c '.split(none, 1) | join('|') }}|{{ ''.split(',') | length }}|{{ 'ab'.startswith('a') }}{{ 'ab'.endswith('a') }}|{{ 'aa'.replace('a', 'b') }}|{{ 'a'.upper() }}
{{ 'a' is string }} {{ messages is iterable }} {{ messages is mapping }} {{ messages[0] is mapping }} {{ messages is sequence }} {{ true is boolean }} {{ 1 is number }} {{ false is false }} {{ 'a' is not none }} {{ 'a' is eq('a') }} {{ 'a' is equalto 'b' }} {{ nothing is undefined }}
{{ messages | selectattr('role', 'equalto', 'assistant') | list | length }}{{ messages | rejectattr('role', 'equalto', 'assistant') | list | length }}{{ messages | selectattr('content') | list | length }}
{% macro f(a, b='B') %}({{ a }}{{ b }}{{ c }}){% endmacro %}{{ f(1) }}{{ f(1, 2) }}{{ f(b=3, a=4) }}{{ f() }}{% set c = 'C' %}{{ f('x') }}
{{ '{{' }} {{ '%}' }} {{ "}}" }} {{ {'a': {'b': 'c'}}.a.b }} {{ {'a': 1}['a'] }} {{ (1, 2) | length }} {{ () | length }}
   {% if true %}   \n   a\n   {% endif %}   \n  b\n
a \n {{- 'x' -}} \n b {{ 'y' }} \n c
a \n {%- if true -%} \n b \n {%- endif -%} \n c
a\n  {%+ if true +%}\n b\n  {%+ endif %}\n c
x{# comment #}\n  {# c #}\ny {#- d -#} \n z
  {% set x = 1 %}\n  {{ x }}\n\n
\n\nlast\n\n
{% generation %}a😀{% endgeneration %}b{% generation %}{% set q = 1 %}c{% endgeneration %}{{ q }}
{{ messages[0].content.nothing }}{{ messages.nothing }}{{ ''.nothing }}
{% if messages[0].tool_calls %}A{% else %}B{% endif %}{% if messages[0].tool_calls is defined %}A{% else %}B{% endif %}{% if 'tool_calls' in messages[0] %}A{% else %}B{% endif %}
{{ raise_exception('refused') }}
{{ bos_token }}{{ eos_token }}{{ pad_token }}
"""


def case(name, template, chat, add_generation_prompt):
    messages = [{"role": role, "content": content} for role, content in chat]
    given = {"name": name, "template": template, "messages": messages, "add_generation_prompt": add_generation_prompt}
    try:
        texts, generated = render_jinja_template(
            [messages],
            chat_template=template,
            return_assistant_tokens_mask=True,
            add_generation_prompt=add_generation_prompt,
            **SPECIAL,
        )
    except Exception as e:
        return given | {"error": str(e)}
    text = texts[0]
    units = [[len(text[:offset].encode("utf-16-le")) // 2 for offset in span] for span in generated[0]]
    return given | {"text": text, "generated": units}


def main():
    for family, template in FAMILIES.items():
        for chat, turns in CHATS.items():
            for prompt in (False, True):
                print(json.dumps(case(f"{family}, {chat}, {prompt}", template, turns, prompt)))
    for number, piece in enumerate(PIECES.strip("\n").split("\n"), 1):
        template = piece.replace("\\\\", "\x00").replace("\\n", "\n").replace("\x00", "\\")
        print(json.dumps(case(f"piece {number}: {piece}", template, CHATS["turns"], False)))


if __name__ == "__main__":
    main()
