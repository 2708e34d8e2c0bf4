#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: pack.py names|tables OBJECT: the programs of a linked BPF object as C, on stdout.

A skeleton carries the object file, and libbpf reads it, asks the kernel by some seven small programs what it can, and relocates, at
every start. What of that is the same each time is done here, once: each program with the functions it calls, and where the numbers
of maps go into it (../walkers.c). The only BTF the kernel needs is the names of functions, which it wants of those that bpf_loop() calls.
"""
import struct
import sys

INSN = 8
LOAD_64 = 0x18              # BPF_LD | BPF_IMM | BPF_DW: two instructions long
CALL = 0x85                 # BPF_JMP | BPF_CALL
MAP_FD, MAP_VALUE, FUNCTION = 1, 2, 4       # BPF_PSEUDO_*, in the source register of LOAD_64
LOCAL_CALL = 1              # BPF_PSEUDO_CALL, in that of CALL
RELOCATE_64, RELOCATE_CALL = 1, 10          # R_BPF_64_64, R_BPF_64_32


class Object:
    def __init__(self, path):
        with open(path, 'rb') as file:
            self.bytes = file.read()
        self.order = '<' if self.bytes[5] == 1 else '>'
        at, = self.unpack('Q', 0x28)
        size, count, names = self.unpack('HHH', 0x3a)
        headers = [self.unpack('IIQQQQIIQQ', at + i * size) for i in range(count)]
        strings = headers[names][4]
        self.names = [self.string(strings + header[0]) for header in headers]
        self.sections = dict(zip(self.names, headers))
        self.symbols = [self.symbol(at) for at in self.entries('.symtab', 24)]

    def unpack(self, form, at):
        return struct.unpack_from(self.order + form, self.bytes, at)

    def string(self, at):
        return self.bytes[at:self.bytes.index(b'\0', at)].decode()

    def size(self, section):
        return self.sections[section][5]

    def entries(self, section, size):
        at = self.sections[section][4]
        return range(at, at + self.size(section), size)

    def content(self, section):
        at = self.sections[section][4]
        return self.bytes[at:at + self.size(section)]

    def symbol(self, at):
        name, info, _, section, value, size = self.unpack('IBBHQQ', at)
        return {'name': self.string(self.sections['.strtab'][4] + name), 'type': info & 15, 'size': size, 'at': value,
                'section': self.names[section] if section < len(self.names) else None}

    def instructions(self, section):
        found = []
        for at in self.entries(section, INSN):
            code, registers, offset, immediate = self.unpack('BBhi', at)
            target, source = registers & 15, registers >> 4
            if self.order == '>':
                target, source = source, target
            found.append([code, target, source, offset, immediate])
        return found

    def relocations(self, section):
        """By instruction: what kind, and the symbol."""
        if '.rel' + section not in self.sections:
            return {}
        found = {}
        for at in self.entries('.rel' + section, 16):
            where, info = self.unpack('QQ', at)
            found[where // INSN] = (info & 0xffffffff, self.symbols[info >> 32])
        return found

    def symbols_of(self, section, kind):
        return sorted((symbol for symbol in self.symbols if symbol['section'] == section and symbol['type'] == kind),
                      key=lambda symbol: symbol['at'])

    def variables(self, section):
        return self.symbols_of(section, 1)      # STT_OBJECT

    def functions(self, section):
        return self.symbols_of(section, 2)      # STT_FUNC


class Packer:
    """One program: its own instructions, then those of each function it calls, once."""

    def __init__(self, bpf, maps):
        self.maps = maps
        self.text = {section: (bpf.instructions(section), bpf.relocations(section)) for section in ('.text', '?raw_tp')}
        self.by_start = {symbol['at'] // INSN: symbol for symbol in bpf.functions('.text')}

    def pack(self, program):
        self.instructions, self.patches = [], []
        self.named = []                         # (where it begins, its name), of each function
        self.calls, begins = [], {}             # (instruction, what it calls); where that begins here
        self.append('?raw_tp', program)
        for where, target in self.calls:        # grows while it is gone through
            if target not in begins:
                begins[target] = len(self.instructions)
                self.append('.text', self.by_start[target])
            self.instructions[where][4] = begins[target] - where - 1
        return self

    def append(self, section, function):
        content, relocations = self.text[section]
        first = function['at'] // INSN
        self.named.append((len(self.instructions), function['name']))
        for i in range(first, first + function['size'] // INSN):
            self.instructions.append(list(content[i]))
            if i in relocations:
                self.relocate(*relocations[i])
            elif i - 1 in relocations and content[i - 1][0] == LOAD_64:
                self.second_half(relocations[i - 1][1], content[i - 1][4])
            elif content[i][0] == CALL and content[i][2] == LOCAL_CALL:
                self.calls.append((len(self.instructions) - 1, i + 1 + content[i][4]))

    def relocate(self, kind, symbol):
        where = len(self.instructions) - 1
        instruction = self.instructions[where]
        if kind == RELOCATE_CALL:
            self.calls.append((where, symbol['at'] // INSN + instruction[4] + 1))
        elif kind != RELOCATE_64 or instruction[0] != LOAD_64:
            sys.exit(f"pack.py: a relocation of kind {kind} at an instruction {instruction[0]:#x}: not known")
        elif symbol['section'] == '.text':
            instruction[2] = FUNCTION
            self.calls.append((where, (symbol['at'] + instruction[4]) // INSN))
        elif symbol['section'] == '.maps':
            instruction[2] = MAP_FD
            self.patches.append((where, self.maps.index(symbol['name'])))
        elif symbol['section'] in ('.rodata', '.bss'):
            instruction[2] = MAP_VALUE
            self.patches.append((where, len(self.maps) + (symbol['section'] == '.bss')))
        else:
            sys.exit(f"pack.py: {symbol['name']} is in {symbol['section']}, which is not known")

    def second_half(self, symbol, addend):
        """Of the load of a variable's address: where in its map the variable is."""
        if symbol['section'] in ('.rodata', '.bss'):
            self.instructions[-1][4] = symbol['at'] + addend


def names_as_btf(order, names):
    """int walker(void *), by each of these names: types 4, 5, ..."""
    strings, types = b'\0', b''

    def string(text):
        nonlocal strings
        at = len(strings)
        strings += text.encode() + b'\0'
        return at

    def add(name, kind, count, last, *rest):
        nonlocal types
        types += struct.pack(f'{order}III{len(rest)}I', name, kind << 24 | count, last, *rest)

    add(string('int'), 1, 0, 4, 1 << 24 | 32)
    add(0, 2, 0, 0)
    add(0, 13, 1, 1, string('context'), 2)
    for name in names:
        add(string(name), 12, 0, 3)
    header = struct.pack(order + 'HBBIIIII', 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(strings))
    return header + types + strings


def table(values, form, per_line):
    lines = [values[i:i + per_line] for i in range(0, len(values), per_line)]
    return '\n'.join('\t' + ' '.join(form(value) + ',' for value in line) for line in lines)


def listed(names, prefix, last):
    return ''.join(f'\t{prefix}{name},\n' for name in names + last)


def print_names(bpf, maps, programs):
    """What those who use the tables call their rows."""
    print('/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n/* Made by pack.py. */\n#ifndef PROCNS_WALKERS_NAMES_H\n'
          '#define PROCNS_WALKERS_NAMES_H')
    print(f"\nenum packed_map {{\n{listed(maps, 'MAP_', ['CONSTANTS', 'VARIABLES', 'COUNT'])}}};")
    print(f"\nenum packed_program {{\n{listed(programs, 'PROGRAM_', ['COUNT'])}}};")
    print('\n/* Where in its map each variable and constant is; and how large the two maps are. */\nenum {')
    for section, where in ('.bss', 'VARIABLES'), ('.rodata', 'CONSTANTS'):
        for variable in bpf.variables(section):
            print(f"\tIN_{where}_{variable['name']} = {variable['at']},")
    print(f"\tVARIABLES_SIZE = {bpf.size('.bss')},\n\tCONSTANTS_SIZE = {bpf.size('.rodata')},\n}};\n\n#endif")


def print_tables(bpf, maps, programs):
    functions = bpf.functions('?raw_tp')
    names = sorted({symbol['name'] for symbol in functions + bpf.functions('.text')})
    licence = bpf.content('license').rstrip(b'\0').decode()

    print(f'/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n/* Made by pack.py. */\n#define PACKED_LICENCE "{licence}"')
    print('\nstatic const char *const packed_map_names[] = {\n' + table(maps + ['constants', 'variables'], lambda name: f'"{name}"', 6) + '\n};')
    print('\nstatic const uint8_t packed_btf[] __attribute__((aligned(4))) = {\n' + table(names_as_btf(bpf.order, names), str, 32) + '\n};')
    print('\nstatic const uint8_t packed_constants[] = {\n' + table(bpf.content('.rodata'), str, 32) + '\n};')
    packer = Packer(bpf, maps)
    for program, function in zip(programs, functions):
        packed = packer.pack(function)
        print(f'\nstatic const struct bpf_insn {program}_instructions[] = {{\n' +
              table(packed.instructions, lambda i: '{ ' + ', '.join(map(str, i)) + ' }', 6) + '\n};')
        print(f'static const struct patch {program}_patches[] = {{\n' +
              table(packed.patches, lambda patch: f'{{ {patch[0]}, {patch[1]} }}', 12) + '\n};')
        print(f'static const struct bpf_func_info {program}_functions[] = {{\n' +
              table(packed.named, lambda named: f'{{ {named[0]}, {4 + names.index(named[1])} }}', 12) + '\n};')
    print('\nstatic const struct packed packed_programs[] = {\n' + table(programs, lambda program: f'PACKED({program})', 1) + '\n};')


def main():
    bpf = Object(sys.argv[2])
    maps = [symbol['name'] for symbol in bpf.variables('.maps')]
    programs = [symbol['name'] for symbol in bpf.functions('?raw_tp')]
    {'names': print_names, 'tables': print_tables}[sys.argv[1]](bpf, maps, programs)


main()
