# SPDX-License-Identifier: MIT
"""Comments of headers as Markdown: paragraphs, lists, code, and links to what they name."""
import re

# What stands in code type: `so`, <tobs/rt.h>, names of ours, tobs_x->member, *pointer, .member, TOBS_E…
CODE = re.compile(r'''
    `[^`\n]+`
  | "[^"\s]*[_/@:<%][^"\s]*"
  | <tobs/\w+\.h>
  | \b(?:struct|enum|union)\ (?:tobs_|tl_)\w+…?
  | \b(?:tobs|tl|TOBS|TL)_(?:<\w+>|…|\w)+(?:\(\))?
  | \b[a-z_]+(?:->\w+)+
  | (?<![\w*)/-])\*[a-z_]\w*(?:->\w+|\.\w+)*
  | \b\w+/[\w*.<>-]+\.[a-z]+\b
  | (?<![\w.)*])\.[a-z_]\w+
  | …?\b[A-Z][A-Z0-9]+_[A-Z0-9_]+\b
  | …_[A-Z]+\b
  | \bhas_(?:<[^>]+>)?
  | (?<!\w)_[a-z]+\b
  | \b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b(?:\(\))?
  | \b[a-z]\w+\(\)
''', re.X)

DEFINITION = re.compile(r'((?:TOBS_E\w+|TL_\w+)(?:,\s(?:TOBS_E\w+))*)\s\s+(\S.*)$')
ITEM = re.compile(r'(?:- |\d+\. )')
VERBATIM = 4  # columns


def escape(text):
    return re.sub(r'([\\*_\[\]<>|])', r'\\\1', text)


def inline(text, links):
    """Prose with code type and links; `links` finds where a name is explained."""
    out = []
    at = 0
    for m in CODE.finditer(text):
        out.append(escape(text[at:m.start()]))
        code = m[0].strip('`')
        target = links(code)
        out.append(f'[`{code}`]({target})' if target else f'`{code}`')
        at = m.end()
    out.append(escape(text[at:]))
    return ''.join(out)


def is_c(lines):
    return any(re.search(r'[;{}]\s*(/\*.*)?$|^\s*\.\w+ = ', line) for line in lines)


def fence(source, language='c'):
    return f'```{language}\n{source.expandtabs(8)}\n```'


def verbatim(lines):
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    while not lines[-1].strip():
        lines.pop()
    return fence('\n'.join(line[indent:] for line in lines), 'c' if is_c(lines) else 'text')


def blocks(text):
    """('code', lines), ('item', line), ('text', line), in turn; lines that belong together are joined."""
    lines = text.expandtabs(8).split('\n')
    out = []
    i = 0
    while i < len(lines):
        line = lines[i]
        indent = len(line) - len(line.lstrip())
        if not line.strip():
            out.append(('', ''))
            i += 1
            continue
        # Deeper lines right below an item go on with it.
        goes_on = out and out[-1][0] in ('item', 'definition')
        if indent >= VERBATIM and not goes_on:
            taken = []
            while i < len(lines) and (not lines[i].strip() or len(lines[i]) - len(lines[i].lstrip()) >= VERBATIM):
                taken.append(lines[i])
                i += 1
            out.append(('code', taken))
            continue
        bare = line.strip()
        definition = DEFINITION.match(bare)
        after = goes_on and out[-1][0] == 'definition' and indent == 0
        if definition:
            out.append(('definition', f'{definition[1]}: {definition[2]}'))
        elif after and bare.startswith('TOBS_E'):
            out.append(('definition', bare))
        elif ITEM.match(bare):
            out.append(('item', bare))
        elif out and out[-1][0] in ('text', 'item', 'definition') and (out[-1][0] == 'text' or indent or not after):
            out[-1] = (out[-1][0], f'{out[-1][1]} {bare}')
        else:
            out.append(('text', bare))
        i += 1
    return out


def render(text, links):
    """A comment as Markdown."""
    parts = []
    last = ''
    for kind, value in blocks(text):
        if kind == 'code':
            parts.append('\n' + verbatim(value) + '\n')
        elif kind == 'item':
            bullet, _, rest = value.partition(' ')
            parts.append(('' if last == 'item' else '\n') + f'{bullet} {inline(rest, links)}\n')
        elif kind == 'definition':
            parts.append(('' if last == 'definition' else '\n') + f'- {inline(value, links)}\n')
        elif kind == 'text':
            parts.append(('\n' if last else '') + f'{inline(value, links)}\n')
        last = kind or last
    return re.sub(r'\n{3,}', '\n\n', ''.join(parts)).strip('\n')
