# SPDX-License-Identifier: MIT
"""The tools that keep documents true: what they find, and that they find it."""
import re
import subprocess
import sys

import story

sys.path.insert(0, str(story.ROOT / 'tools' / 'reference'))
sys.path.insert(0, str(story.ROOT / 'tools' / 'check'))
import declarations  # noqa: E402
import docs  # noqa: E402
import markdown  # noqa: E402

HEADER = '''/* SPDX-License-Identifier: MIT */
/*
 * A pump.
 *
 *     pump_start(p);
 */
#ifndef TOBS_PUMP_H
#define TOBS_PUMP_H

#include <tobs/attr.h>

TOBS_BEGIN_DECLS

struct pump;

/* How it pumps. */
enum pump_way { PUMP_IN, /* in, not out */ PUMP_OUT = 1 << 3 };

/* ---- Working ---- */

/* Both say what came of it. */
int pump_start(struct pump *p);
int pump_stop(struct pump *p);

int pump_break(struct pump *p);

int pump_mend(
	struct pump *p, void (*done)(void *user)); /* takes its time,
						    * and a spanner */

/* Full; as far as one can tell. */
static inline bool pump_full(const struct pump *p)
{
	return p && pump_stop(0);
}

/*
 * A text about what follows.
 */

/* Twice. */
#define PUMP_TWICE(p) \\
	(pump_start(p) + \\
		pump_start(p))

TOBS_END_DECLS

#endif
'''


def test_a_header_is_taken_apart(place):
    h = declarations.read('pump.h', HEADER)
    assert h.manual == 'A pump.\n\n    pump_start(p);', h.manual
    assert [s.title for s in h.sections] == ['', 'Working']
    groups = h.groups()
    assert [[n for d in g.declarations for n in d.names] for g in groups] == [
        ['pump'], ['pump_way', 'PUMP_IN', 'PUMP_OUT'], ['pump_start', 'pump_stop'], ['pump_break'], ['pump_mend'],
        ['pump_full'], ['PUMP_TWICE']], groups
    assert groups[2].comment == 'Both say what came of it.'
    assert groups[5].declarations[0].source == 'static inline bool pump_full(const struct pump *p);'
    assert groups[6].declarations[0].source.endswith('pump_start(p))')
    assert 'A text about what follows.' in h.sections[1].items


def test_functions_without_a_word_are_found(place):
    assert declarations.undocumented(declarations.read('pump.h', HEADER)) == [(25, 'pump_break')]


def test_comments_become_markdown(place):
    links = {'pump_start()': 'pump.md#pump_start'}.get
    made = markdown.render('Fills *ret by pump_start(), <0 for\nfailure:\n\n'
                           'TOBS_EIO  no water\nTOBS_EPERM  not our\n           pump\nTOBS_ENOMEM\n\n'
                           '- a list\n  goes on\n- another\n\n    if (x)\n            y();\n\nThe end_', links)
    assert made == ('Fills `*ret` by [`pump_start()`](pump.md#pump_start), \\<0 for failure:\n\n'
                    '- `TOBS_EIO`: no water\n- `TOBS_EPERM`: not our pump\n- `TOBS_ENOMEM`\n\n'
                    '- a list goes on\n- another\n\n```c\nif (x)\n        y();\n```\n\nThe end\\_'), made


def test_every_page_has_its_functions(place):
    """All that a program may call can be found, by its anchor."""
    for path in (story.ROOT / 'include' / 'tobs').glob('*.h'):
        page = (story.ROOT / 'docs' / 'reference' / f'{path.stem}.md').read_text()
        lost = [d.name for g in declarations.read(path.name, path.read_text()).groups() for d in g.declarations
                if d.kind == 'function' and not d.name.endswith('_') and f'<a id="{d.name}"></a>' not in page] \
            if path.name not in ('tl_types.h', 'botapi_types.h') else []
        assert not lost, (path.name, lost)


def test_what_documents_point_at(place):
    place.write('src/rt/pump.c', '')
    place.write('docs/other.md', '# A title, with `code`\n<a id="here"></a>\n')
    place.write('docs/good.md', 'See [it](other.md#a-title-with-code), [there](other.md#here), [up](../src/rt/pump.c), '
                '`rt/pump.c`, `src/rt/*.c`, `a/b`, https://example.org/x.c\n```\n[no](link.md) `no/file.c`\n```\n')
    assert docs.check(place.cwd) == []
    place.write('docs/bad.md', '[a](nowhere.md) [b](other.md#nowhere) [c](#nowhere) `rt/tap.c` `src/tap/`\n')
    assert docs.check(place.cwd) == [
        'docs/bad.md: links to nowhere.md, which is not there',
        'docs/bad.md: links to other.md#nowhere: there is no such place in it',
        'docs/bad.md: links to #nowhere: there is no such place in it',
        'docs/bad.md: names rt/tap.c, which is not there',
        'docs/bad.md: names src/tap/, which is not there']


def test_the_documents_of_this_project(place):
    assert docs.check(story.ROOT) == []


def test_every_layer_is_explained(place):
    table = re.findall(r'^\| (`.*?) \|', (story.ROOT / 'docs' / 'architecture.md').read_text(), re.M)
    named = {name for row in table for name in re.findall(r'`(\w+)`', row)}
    there = {p.name for p in (story.ROOT / 'src').iterdir() if p.is_dir()}
    assert named == there, (named - there, there - named)


def test_every_document_is_in_the_index(place):
    folder = story.ROOT / 'docs'
    linked = set(re.findall(r'\]\(([\w-]+\.md)\)', (folder / 'README.md').read_text()))
    there = {p.name for p in folder.glob('*.md')} - {'README.md', 'benchmarks.md'}
    assert there == linked - {'benchmarks.md'}, (there - linked, linked - there)


def test_a_function_without_a_comment_stops_the_reference(place):
    """The whole tool on a copy of the headers, one of which has something new."""
    copy = place.cwd / 'include' / 'tobs'
    copy.mkdir(parents=True)
    for path in (story.ROOT / 'include' / 'tobs').glob('*.h'):
        (copy / path.name).write_text(path.read_text().replace('TOBS_END_DECLS', '\nint tobs_new_one(void);\n\nTOBS_END_DECLS')
                                      if path.name == 'log.h' else path.read_text())
    tool = [sys.executable, story.ROOT / 'tools' / 'reference' / 'reference.py', place.cwd / 'out', copy]
    done = subprocess.run(tool, capture_output=True, text=True)
    assert done.returncode == 1 and 'tobs_new_one() has no comment' in done.stderr, done
    (copy / 'strange.h').write_text('/* What? */\n')
    done = subprocess.run(tool, capture_output=True, text=True)
    assert 'PARTS does not name strange.h' in done.stderr, done


story.main()
