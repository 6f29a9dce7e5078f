/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EL2 monitor: puts a stage-2 translation under the guest, so that its RAM
 * appears at the physical addresses of the board that is under test, then gets
 * out of the way. It stays resident only to start further CPUs (QEMU's PSCI
 * knows nothing of stage 2) and to name a fault that ends the guest.
 *
 * Machine addresses, one 4 KiB page each, all written by the host but the
 * mailboxes:
 *
 *	MONITOR_BASE + 0x0000	this code
 *	MONITOR_BASE + 0x1000	parameters
 *	MONITOR_BASE + 0x2000	mailboxes, one per CPU
 *	MONITOR_BASE + 0x3000	stage-2 tables
 *
 * The MMU of EL2 stays off. There is no stack: a handler keeps what it needs in
 * registers and leaves the guest's registers as it found them.
 */

	.arch	armv8-a

	.equ	MONITOR_BASE,		0x40200000
	.equ	MONITOR_CODE_BYTES,	0x1000
	.equ	PARAMETERS,		MONITOR_BASE + 0x1000
	.equ	MAILBOXES,		MONITOR_BASE + 0x2000
	.equ	UART,			0x09000000	/* PL011 of QEMU's virt */
	.equ	UART_DR,		0x00
	.equ	UART_FR,		0x18
	.equ	UART_FR_TXFF_BIT,	5

	.equ	CPU_NUMBER_MASK,	7		/* Aff0 of at most eight CPUs */

/* The parameter page: little-endian 64-bit words. */
	.equ	PARAMETER_MAGIC,	0	/* "CMALABM1" */
	.equ	PARAMETER_VTTBR,	8
	.equ	PARAMETER_VTCR,		16
	.equ	PARAMETER_HCR,		24
	.equ	PARAMETER_SPSR,		32
	.equ	PARAMETER_ELR,		40
	.equ	PARAMETER_X0,		48
	.equ	PARAMETER_X2,		64
	.equ	PARAMETER_SCTLR,	80

	.equ	MAGIC,			0x314d42414c414d43

/* A mailbox: what CPU_ON asked for. It is one cache line, so one writer each. */
	.equ	MAILBOX_SHIFT,		6
	.equ	MAILBOX_ENTRY,		0		/* then the context, 8 bytes on */

	.equ	PSCI_SYSTEM_OFF,	0x84000008
	.equ	PSCI_CPU_ON_32,		0x84000003
	.equ	PSCI_CPU_ON_64,		0xc4000003
	.equ	PSCI_AFFINITY_INFO_64,	0xc4000004
	.equ	PSCI_INVALID_PARAMETERS, -2
	.equ	PSCI_ALREADY_ON,	-4
	.equ	PSCI_ON_PENDING,	-5
	.equ	CPU_IS_OFF,		1		/* AFFINITY_INFO's answers */
	.equ	CPU_IS_ON_PENDING,	2

	.equ	ESR_EC_SHIFT,		26
	.equ	ESR_EC_BITS,		6
	.equ	ESR_EC_SMC32,		0x13
	.equ	ESR_EC_SMC64,		0x17
	.equ	SMC_BYTES,		4
	.equ	CONDITION_EQUAL,	4		/* the Z flag, as CCMP takes it */

	.equ	CPTR_EL2_NO_TRAPS,	0x33ff		/* RES1; FP and SIMD stay with the guest */
	.equ	CNTHCTL_EL2_NO_TRAPS,	0x3		/* EL1PCTEN | EL1PCEN */
	.equ	SPSR_THUMB_BIT,		5		/* AArch32 only */
	.equ	MPIDR_AFF0_BITS,	8

	.text
	.globl	_start
_start:
	ldr	x20, =PARAMETERS
	ldr	x0, [x20, #PARAMETER_MAGIC]
	ldr	x1, =MAGIC
	cmp	x0, x1
	b.ne	bad_parameters
	bl	set_up_el2
	ldr	x0, [x20, #PARAMETER_SPSR]
	msr	spsr_el2, x0
	ldr	x0, [x20, #PARAMETER_ELR]
	msr	elr_el2, x0
	ldp	x0, x1, [x20, #PARAMETER_X0]
	ldp	x2, x3, [x20, #PARAMETER_X2]
	b	enter_guest

/*
 * A secondary CPU: PSCI starts it here at EL2 with its mailbox in x0. It enters
 * the guest as PSCI promises: at the entry with the context, MMU off. An odd
 * entry is one of Thumb code; in AArch64 there is none.
 */
secondary_start:
	mov	x21, x0
	ldr	x20, =PARAMETERS
	bl	set_up_el2
	ldp	x1, x0, [x21, #MAILBOX_ENTRY]
	ldr	x2, [x20, #PARAMETER_SPSR]
	ubfx	x3, x1, #0, #1
	orr	x2, x2, x3, lsl #SPSR_THUMB_BIT
	bic	x1, x1, #1
	msr	spsr_el2, x2
	msr	elr_el2, x1
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	b	enter_guest

/* In: x20 = parameters. The guest sees the CPU as it is, less EL2. */
set_up_el2:
	adr	x0, vectors
	msr	vbar_el2, x0
	mrs	x0, midr_el1
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0
	mov	x0, #CPTR_EL2_NO_TRAPS
	msr	cptr_el2, x0
	msr	hstr_el2, xzr
	mov	x0, #CNTHCTL_EL2_NO_TRAPS
	msr	cnthctl_el2, x0
	msr	cntvoff_el2, xzr
	ldr	x0, [x20, #PARAMETER_SCTLR]
	msr	sctlr_el1, x0
	ldr	x0, [x20, #PARAMETER_VTCR]
	msr	vtcr_el2, x0
	ldr	x0, [x20, #PARAMETER_VTTBR]
	msr	vttbr_el2, x0
	ldr	x0, [x20, #PARAMETER_HCR]
	msr	hcr_el2, x0
	isb
	tlbi	vmalls12e1
	dsb	nsh
	isb
	ret

/* In: x0-x3 = the guest's. The rest is cleared: nothing of EL2 leaks. */
enter_guest:
	.irp	n, 4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	mov	x\n, xzr
	.endr
	eret

/*
 * An SMC of the guest, or a fault. TPIDR_EL2 is the one place to put a guest
 * register aside, which leaves x4 to work with.
 */
guest_synchronous:
	msr	tpidr_el2, x4
	mrs	x4, esr_el2
	ubfx	x4, x4, #ESR_EC_SHIFT, #ESR_EC_BITS
	cmp	x4, #ESR_EC_SMC64
	ccmp	x4, #ESR_EC_SMC32, #CONDITION_EQUAL, ne
	b.ne	fault
	ldr	w4, =PSCI_CPU_ON_64
	cmp	w0, w4
	b.eq	cpu_on
	ldr	w4, =PSCI_CPU_ON_32
	cmp	w0, w4
	b.eq	cpu_on_32
	smc	#0
	b	return_from_smc

/*
 * CPU_ON: x1 = target, x2 = entry, x3 = context. The firmware is given our own
 * secondary path and the target's mailbox; the mailbox keeps the guest's pair.
 * It is that of a CPU which is off: one that is on, or about to be, keeps what
 * it was started with. QEMU's PSCI writes no register but x0.
 */
cpu_on_32:
	mov	w1, w1			/* the upper halves are not arguments */
	mov	w2, w2
	mov	w3, w3
cpu_on:
	tst	x1, #~CPU_NUMBER_MASK
	b.ne	no_such_cpu
	mov	x4, x2
	mov	x2, xzr			/* the affinity level of one CPU */
	ldr	w0, =PSCI_AFFINITY_INFO_64
	smc	#0
	mov	x2, x4
	cmp	w0, #CPU_IS_OFF
	b.ne	cpu_not_off
	ldr	w0, =PSCI_CPU_ON_64
	ldr	x4, =MAILBOXES
	add	x4, x4, x1, lsl #MAILBOX_SHIFT
	stp	x2, x3, [x4, #MAILBOX_ENTRY]
	dsb	sy
	adr	x2, secondary_start
	mov	x3, x4
	smc	#0
	b	return_from_smc
cpu_not_off:
	tbnz	w0, #31, no_such_cpu
	cmp	w0, #CPU_IS_ON_PENDING
	mov	x0, #PSCI_ON_PENDING
	mov	x4, #PSCI_ALREADY_ON
	csel	x0, x0, x4, eq
	b	return_from_smc
no_such_cpu:
	mov	x0, #PSCI_INVALID_PARAMETERS
return_from_smc:
	mrs	x4, elr_el2		/* a trapped SMC has not been executed */
	add	x4, x4, #SMC_BYTES
	msr	elr_el2, x4
	mrs	x4, tpidr_el2
	eret

/*
 * The guest reached for an address that the board does not have, or did what
 * the monitor does not allow. It cannot go on: say what it was, and stop.
 */
fault:
	adr	x0, fault_text
	bl	print_text
	adr	x0, esr_text
	mrs	x1, esr_el2
	bl	print_value
	adr	x0, far_text
	mrs	x1, far_el2
	bl	print_value
	adr	x0, hpfar_text
	mrs	x1, hpfar_el2
	bl	print_value
	adr	x0, elr_text
	mrs	x1, elr_el2
	bl	print_value
	adr	x0, cpu_text
	mrs	x1, mpidr_el1
	ubfx	x1, x1, #0, #MPIDR_AFF0_BITS
	bl	print_value
	b	end_of_line

bad_parameters:
	adr	x0, bad_parameters_text
	bl	print_text
end_of_line:
	adr	x0, end_of_line_text
	bl	print_text
	ldr	w0, =PSCI_SYSTEM_OFF
	smc	#0
halt:
	wfi
	b	halt

/* In: x0 = text, x1 = value; prints the text and 16 hexadecimal digits. */
print_value:
	mov	x10, x30
	bl	print_text
	mov	x11, #64		/* bits left */
1:	ror	x1, x1, #60		/* the highest digit comes lowest */
	and	x0, x1, #0xf
	cmp	x0, #10
	add	x2, x0, #'0'
	add	x3, x0, #'a' - 10
	csel	x2, x2, x3, lo
	bl	print_byte
	subs	x11, x11, #4
	b.ne	1b
	ret	x10

/* In: x0 = text, zero-terminated. */
print_text:
	mov	x12, x30
	mov	x13, x0
1:	ldrb	w2, [x13], #1
	cbz	w2, 2f
	bl	print_byte
	b	1b
2:	ret	x12

/* In: w2 = byte. Uses x4, x5. */
print_byte:
	ldr	x4, =UART
1:	ldr	w5, [x4, #UART_FR]
	tbnz	w5, #UART_FR_TXFF_BIT, 1b
	str	w2, [x4, #UART_DR]
	ret

	.ltorg

fault_text:		.asciz	"\r\n@monitor fault"
esr_text:		.asciz	" esr=0x"
far_text:		.asciz	" far=0x"
hpfar_text:		.asciz	" hpfar=0x"
elr_text:		.asciz	" elr=0x"
cpu_text:		.asciz	" cpu=0x"
bad_parameters_text:	.asciz	"\r\n@monitor bad parameters"
end_of_line_text:	.asciz	"\r\n"

/* Sixteen entries of 32 instructions; only synchronous ones are expected. */
	.balign	0x800
vectors:
	.rept	8			/* from EL2 itself: a defect of the monitor */
	b	fault
	.balign	0x80
	.endr
	b	guest_synchronous	/* from AArch64 */
	.balign	0x80
	.rept	3
	b	fault
	.balign	0x80
	.endr
	b	guest_synchronous	/* from AArch32 */
	.balign	0x80
	.rept	3
	b	fault
	.balign	0x80
	.endr

	/* Refuses to assemble when the code has grown over the parameter page. */
	.org	_start + MONITOR_CODE_BYTES
