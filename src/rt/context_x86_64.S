/* SPDX-License-Identifier: MIT */
/*
 * context_switch(void **ret_from, void *to) for the System V ABI of x86-64
 * (section 3.2.1): a call keeps rbx, rbp, r12 to r15, the control bits of MXCSR
 * and the x87 control word. The frame is described in context_asm.c.
 *
 * The unwind notes stay true across the change of stacks because both have the
 * same shape at that point.
 */
	.text

	.globl	context_switch
	.hidden	context_switch
	.type	context_switch, @function
	.p2align 4
context_switch:
	.cfi_startproc
	endbr64
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbx, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r15, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r14, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r13, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r12, 0
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)

	movq	%rsp, (%rdi)
	movq	%rsi, %rsp

	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore r12
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore r13
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore r14
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore r15
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbp
	/* A jump, since the processor would predict a return to where it came from. */
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register rip, rcx
	jmp	*%rcx
	.cfi_endproc
	.size	context_switch, .-context_switch

/* Where a new context begins: r12 holds the argument, r13 the function. */
	.globl	context_entry
	.hidden	context_entry
	.type	context_entry, @function
	.p2align 4
context_entry:
	.cfi_startproc
	.cfi_undefined rip
	endbr64
	movq	%r12, %rdi
	callq	*%r13
	ud2
	.cfi_endproc
	.size	context_entry, .-context_entry

	.section .note.GNU-stack, "", @progbits
